"""Temporary folders and files that do not outlive their process, not even one that is killed.

Each is locked by the process that uses it, and the system ends the lock with the process, however it ends. Whoever
makes the next one of the kind removes those that nobody holds any more.
"""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from advisor.errors import AdvisorError

if sys.platform != "win32":
    import fcntl


@contextmanager
def folder(prefix: str, home: Path | None = None, *, ending: Callable[[Path], None] | None = None) -> Iterator[Path]:
    """Make a temporary folder for the time of the block, after removing those that killed processes left.

    Parameters
    ----------
    prefix : str
        How its name begins; what begins likewise in `home`, is ours and is held by nobody goes.
    home : path, optional
        Where it is made; default the system's folder for temporary files.
    ending : callable, optional
        Told each folder that is about to be removed.

    Raises
    ------
    AdvisorError
        When nothing can be written there (exit code 2).
    """
    try:
        where = home or Path(tempfile.gettempdir())
        sweep(where, f"{glob.escape(prefix)}*", ending)
        made, held = _made(prefix, where)
    except OSError as error:
        place = home or "the folder for temporary files"
        raise AdvisorError(f"{place}: cannot write there: {error.strerror or error}") from None
    try:
        yield made
    finally:
        if ending is not None:
            ending(made)
        shutil.rmtree(made, ignore_errors=True)
        os.close(held)


def _made(prefix: str, home: Path) -> tuple[Path, int]:
    """Make a folder and hold it; another process that sweeps between the two takes it away, and then it is another."""
    while True:
        made = Path(tempfile.mkdtemp(prefix=prefix, dir=home))
        if sys.platform == "win32":
            return made, os.open(os.devnull, os.O_RDONLY)
        with contextlib.suppress(FileNotFoundError):
            held = os.open(made, os.O_RDONLY)
            if hold(held) and os.path.samestat(os.fstat(held), os.stat(made)):
                return made, held
            os.close(held)


def hold(descriptor: int) -> bool:
    """Take an open file or folder for this process; False when another process has it."""
    if sys.platform == "win32":
        return False  # no such lock there: nothing is ever taken for left
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sweep(home: Path, pattern: str, ending: Callable[[Path], None] | None = None) -> None:
    """Remove the files and folders of `home` that match `pattern`, belong to this user and are held by nobody."""
    if sys.platform == "win32":
        return
    for path in home.glob(pattern):
        # Anybody may write to the system's folder for temporary files: links are not followed, others' left alone.
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                found = os.fstat(descriptor)
                if found.st_uid != os.getuid() or not hold(descriptor):
                    continue
                if S_ISDIR(found.st_mode):
                    if ending is not None:
                        ending(path)
                    shutil.rmtree(path, ignore_errors=True)
                elif S_ISREG(found.st_mode):
                    path.unlink()
            finally:
                os.close(descriptor)
