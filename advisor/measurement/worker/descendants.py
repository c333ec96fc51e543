"""Processes that a worker started and that left its group: they are known by a mark that they inherited.

Two marks: the temporary folder in their environment, and a number in a limit that nothing else here sets, that of POSIX
message queues. An environment can be emptied (``env -i``), a session and a group can be left (``setsid``), a parent can
end; limits are inherited through all of that.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

if sys.platform == "linux":
    from resource import RLIMIT_MSGQUEUE, prlimit

_PASSES = 50
_PAUSE = 0.02
KNOWABLE = Path("/proc/self/environ").exists()
# Both below what Linux grants (819,200 bytes): the soft limit names the session, the hard one the worker.
_SESSION = range(200_000, 500_000)
_WORKER = range(500_000, 800_000)


def mark(pid: int, session: Path, own: Path) -> None:
    """Mark a process that was just started, and so all that it will start.

    Parameters
    ----------
    pid : int
        The process.
    session, own : path
        The temporary folders of its session and of itself, which `of` and `end` are asked for.
    """
    if sys.platform == "linux":
        # Where the limit is lower already, or another user's, the environment alone has to tell.
        with contextlib.suppress(OSError, ValueError):
            prlimit(pid, RLIMIT_MSGQUEUE, (_number(session, _SESSION), _number(own, _WORKER)))


def of(folder: Path) -> Iterator[psutil.Process]:
    """Yield the processes that were given `folder`, or one within it, for their files; none where nothing tells."""
    if not KNOWABLE:
        return
    inherited = os.fsencode(f"TMPDIR={folder}")
    numbers = (_number(folder, _SESSION), _number(folder, _WORKER))
    for process in psutil.process_iter():
        with contextlib.suppress(OSError, psutil.Error):
            if _marked(process, numbers):
                yield process
                continue
            environ = Path(f"/proc/{process.pid}/environ").read_bytes()
            if inherited + b"\0" in environ or inherited + b"/" in environ:
                yield process


def end(folder: Path) -> None:
    """End these processes; one that starts another meanwhile is looked for again."""
    for _ in range(_PASSES):
        left = [process for process in of(folder) if process.pid != os.getpid()]
        if not left:
            return
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        time.sleep(_PAUSE)


def _marked(process: psutil.Process, numbers: tuple[int, int]) -> bool:
    if sys.platform == "linux":
        soft, hard = prlimit(process.pid, RLIMIT_MSGQUEUE)
        # One of the two is enough. A process that is no company of ours has them as the system gave them.
        if soft == numbers[0] or hard == numbers[1]:
            return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


def _number(folder: Path, numbers: range) -> int:
    digest = hashlib.sha256(os.fsencode(folder)).digest()
    return numbers[int.from_bytes(digest[:8], "big") % len(numbers)]
