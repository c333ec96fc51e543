"""Temporary folders that do not outlive their process, not even one that is killed.

Each bears a mark and is locked by the process that uses it, and the system ends the lock with the process, however it
ends. Whoever makes the next one of the kind removes those that bear the mark, are this user's, and are held by nobody.
A folder of the same name without the mark is somebody's own, and is left alone.
"""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from types import FrameType
from typing import NoReturn

from advisor.errors import AdvisorError

if sys.platform != "win32":
    import fcntl

MARK = ".advisor-temporary"
"""The file in a temporary folder of ours that says so."""

_SAYS = "A temporary folder of advisor: removed when no process holds it any more.\n"
_CHANCE = "[a-z0-9_]" * 8  # as tempfile ends a name


class UnwritableError(AdvisorError):
    """No temporary folder can be made in a place; `reason` is the system's."""

    def __init__(self, place: Path | str, reason: str) -> None:
        super().__init__(f"{place}: cannot write there: {reason}")
        self.reason = reason


@contextmanager
def folder(prefix: str, home: Path | None = None, *, ending: Callable[[Path], None] | None = None) -> Iterator[Path]:
    """Make a temporary folder for the time of the block, after removing those that killed processes left.

    SIGTERM and SIGHUP end the process as ever, but after the folder is gone.

    Parameters
    ----------
    prefix : str
        How its name begins; what begins likewise in `home`, bears our mark, is this user's and is held by nobody goes.
    home : path, optional
        Where it is made; default the system's folder for temporary files.
    ending : callable, optional
        Told each folder that is about to be removed.

    Raises
    ------
    UnwritableError
        When nothing can be written there (exit code 2).
    """
    with _ended_by_signals():
        try:
            where = home or Path(tempfile.gettempdir())
            sweep(where, prefix, ending)
            made, held = _made(prefix, where)
        except OSError as error:
            place = home or "the folder for temporary files"
            raise UnwritableError(place, error.strerror or str(error)) from None
        try:
            yield made
        finally:
            if ending is not None:
                ending(made)
            shutil.rmtree(made, ignore_errors=True)
            os.close(held)


def _made(prefix: str, home: Path) -> tuple[Path, int]:
    """Make a folder, hold it, and mark it: without the mark, no other process takes it away between the two."""
    made = Path(tempfile.mkdtemp(prefix=prefix, dir=home))
    try:
        held = os.open(os.devnull if sys.platform == "win32" else made, os.O_RDONLY)
        _hold(held)
        (made / MARK).write_text(_SAYS, encoding="utf-8")
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return made, held


def _hold(descriptor: int) -> bool:
    """Take an open folder for this process; False when another process has it."""
    if sys.platform == "win32":
        return False  # no such lock there: nothing is ever taken for left
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sweep(home: Path, prefix: str, ending: Callable[[Path], None] | None = None) -> None:
    """Remove the folders of `home` that killed processes left: ours by their mark, this user's, and held by nobody."""
    if sys.platform == "win32":
        return
    for path in home.glob(glob.escape(prefix) + _CHANCE):
        # Anybody may write to the system's folder for temporary files: links are not followed, others' left alone.
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
            try:
                if _mine(os.fstat(descriptor), S_ISDIR) and _marked(descriptor) and _hold(descriptor):
                    if ending is not None:
                        ending(path)
                    shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(descriptor)


def _marked(folder: int) -> bool:
    """Tell whether an open folder bears our mark: a file of this user that says what a mark says."""
    try:
        mark = os.open(MARK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return False
    with os.fdopen(mark, "rb") as stream:
        return _mine(os.fstat(mark), S_ISREG) and stream.read(len(_SAYS) + 1) == _SAYS.encode()


def _mine(found: os.stat_result, kind: Callable[[int], bool]) -> bool:
    return kind(found.st_mode) and sys.platform != "win32" and found.st_uid == os.getuid()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the block before they end the process, where nobody else listens to them."""
    wanted = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    mine = threading.current_thread() is threading.main_thread()
    taken = [each for each in wanted if mine and signal.getsignal(each) is signal.SIG_DFL]
    came: list[int] = []

    def leave(number: int, _frame: FrameType | None) -> NoReturn:
        came.append(number)
        raise SystemExit(128 + number)

    for each in taken:
        signal.signal(each, leave)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)
        if came:
            # As it would have without us: whoever is around us may have threads that a mere exit would wait for.
            os.kill(os.getpid(), came[0])
