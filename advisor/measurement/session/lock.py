"""One measuring session at a time on a machine: a second one waits, since each would disturb the other."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from advisor.errors import EXIT_PROBING, AdvisorError

if sys.platform != "win32":
    import fcntl

PATIENCE = 900.0
_POLL = 1.0


@contextmanager
def alone(path: Path, *, waiting: Callable[[str, float], None], patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock at `path` while the block runs; the system releases it when the process ends, however it ends.

    Parameters
    ----------
    path : path
        A file that all sessions of this machine share; it is made when it is not there.
    waiting : callable
        Told once, when another session holds the lock: why, and how many seconds are waited at most.
    patience : float
        Seconds after which waiting is given up.

    Raises
    ------
    AdvisorError
        Exit code 3 when the other session still holds the lock after `patience` seconds.
    """
    with contextlib.ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(path.open("a+", encoding="utf-8"))
        except OSError:
            # A home that cannot be written to keeps no session from measuring.
            yield
            return
        _take(file.fileno(), path, waiting, patience)
        # Who holds it is a help to those who wait; where the disk is full, the lock holds all the same.
        with contextlib.suppress(OSError):
            os.ftruncate(file.fileno(), 0)
            os.write(file.fileno(), f"{os.getpid()}\n".encode())
        yield


def _take(file: int, path: Path, waiting: Callable[[str, float], None], patience: float) -> None:
    if sys.platform == "win32":
        return  # no such lock there: sessions are not kept apart
    until, told = time.monotonic() + patience, False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = path.read_text(encoding="utf-8").strip()
            why = f"another advisor session is measuring on this machine (process {who or 'unknown'})"
            left = until - time.monotonic()
            if left <= 0:
                raise AdvisorError(why, hint="wait for it, or end it", exit_code=EXIT_PROBING) from None
            if not told:
                waiting(why, patience)
                told = True
            time.sleep(min(_POLL, left))
        except OSError:
            return
        else:
            return
