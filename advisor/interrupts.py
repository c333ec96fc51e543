"""Ctrl-C before a command has begun and after it has ended: nothing is to be kept then, and no traceback helps."""

# What `signal` stands on: that one makes enumerations first, and an interruption meanwhile would be a traceback.
import _signal as signal  # type: ignore[import-not-found]
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

_INTERRUPTED = 130


def leave(_number: int = 0, _frame: "FrameType | None" = None) -> None:
    """End this process at once, as interrupted."""
    try:
        os.write(2, b"Interrupted.\n")
    finally:
        os._exit(_INTERRUPTED)


def before() -> None:
    """Let Ctrl-C end the process at once while a command is being loaded; where it is ignored, it stays so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)


def during() -> None:
    """Let Ctrl-C be a KeyboardInterrupt from now on."""
    import threading

    if signal.getsignal(signal.SIGINT) is leave and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def after() -> None:
    """Let Ctrl-C end the process without a word while Python takes itself apart: everything is said."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
