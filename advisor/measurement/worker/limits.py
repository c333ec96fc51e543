"""Limits around a worker that runs a recipe: memory and processes are watched, and nothing survives its end.

What a worker started is known, even outside its process group, by a mark that it inherited. Two marks: the temporary
folder in its environment, and a number in a limit that nothing else here sets, that of POSIX message queues. An
environment can be emptied (``env -i``), a session and a group can be left (``setsid``), a parent can end; limits are
inherited through all of that.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import psutil

from advisor.measurement.definitions import Limits
from advisor.measurement.worker.answers import Answer, WorkerDiedError, WorkerSilentError
from advisor.measurement.worker.client import Worker
from advisor.measurement.worker.protocol import Pending
from advisor.quantities import show

if sys.platform == "linux":
    from resource import RLIMIT_MSGQUEUE, prlimit

_PASSES = 50
_PAUSE = 0.02
KNOWABLE = Path("/proc/self/environ").exists()
# Both below what Linux grants (819,200 bytes): the soft limit names the session, the hard one the worker.
_SESSION = range(200_000, 500_000)
_WORKER = range(500_000, 800_000)


def mark_process(pid: int, session: Path, own: Path) -> None:
    """Mark a process that was just started, and so all that it will start.

    Parameters
    ----------
    pid : int
        The process.
    session, own : path
        The temporary folders of its session and of itself, which `descendants` and `end_descendants` are asked for.
    """
    if sys.platform == "linux":
        # Where the limit is lower already, or another user's, the environment alone has to tell.
        with contextlib.suppress(OSError, ValueError):
            prlimit(pid, RLIMIT_MSGQUEUE, (_number(session, _SESSION), _number(own, _WORKER)))


def descendants(folder: Path) -> Iterator[psutil.Process]:
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


def end_descendants(folder: Path) -> None:
    """End these processes; one that starts another meanwhile is looked for again."""
    for _ in range(_PASSES):
        left = [process for process in descendants(folder) if process.pid != os.getpid()]
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


# A recipe that trains on two processes and serves has a handful; a fork bomb has no bound.
MOST_PROCESSES = 64
# On a small machine a recipe is stopped before everything else has to give way.
SHARE_OF_MEMORY = 0.8
_GLANCE = 0.2
# What a process does to itself. Another signal may come from elsewhere, as the kernel's when memory is short.
FAULTS = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL})
A = TypeVar("A", bound=Answer)


class Confinement:
    """Watches a worker and all that it starts, also what has left its process group.

    Parameters
    ----------
    worker : Worker
        The process, just started.
    folder : path
        The temporary folder that only this worker was given. Whatever inherits the worker's environment is told by it.
    limits : Limits
        Of the recipe.

    Notes
    -----
    Memory is the resident memory of all processes together, looked at five times a second: an address space limit would
    hit frameworks that reserve more than they touch. Should something outrun the look, the kernel is told to pick these
    processes first when memory runs out. No core file is written.
    """

    def __init__(self, worker: Worker, folder: Path, limits: Limits) -> None:
        self._worker = worker
        self._folder = folder
        self._limits = limits
        self._memory = min(limits.memory, SHARE_OF_MEMORY * psutil.virtual_memory().total)
        if sys.platform == "linux":
            with contextlib.suppress(psutil.Error, OSError):
                psutil.Process(worker.pid).rlimit(psutil.RLIMIT_CORE, (0, 0))
                Path(f"/proc/{worker.pid}/oom_score_adj").write_text("1000")

    def collect(self, pending: Pending[A]) -> A:
        """Wait for the answer of a command within the limits.

        Raises
        ------
        WorkerError
            The command gave no result.
        WorkerSilentError
            A limit was passed; worker and company have been stopped.
        WorkerDiedError
            The worker ended before it answered; ``crashed`` where by a fault of what it ran.
        """
        while True:
            answer = self.poll(pending, timeout=_GLANCE)
            if answer is not None:
                return answer

    def poll(self, pending: Pending[A], *, timeout: float) -> A | None:
        """Return the answer of a command, or None when `timeout` seconds pass without one; errors as of `collect`."""
        try:
            reply = self._worker.poll(pending, timeout=min(timeout, _GLANCE))
        except WorkerDiedError as error:
            if error.signal in FAULTS:
                error.outcome = "crashed"
            raise
        if reply is not None:
            return reply.value
        if self._worker.waited(pending) > self._limits.seconds:
            self.end()
            raise WorkerSilentError(self._told(f"no answer within {self._limits.seconds:g} s"))
        excess = self._excess()
        if excess:
            self.end()
            raise WorkerSilentError(self._told(excess))
        return None

    def end(self) -> None:
        """End the worker and everything that it started; safe to call again."""
        self._worker.close()
        end_descendants(self._folder)

    def _excess(self) -> str | None:
        """Return which limit is passed, in words."""
        held, count = 0, 0
        for process in self._members():
            with contextlib.suppress(psutil.Error):
                held += process.memory_info().rss
                count += 1
        if held > self._memory:
            return f"it held {show(held, 'B')} of memory, more than {show(self._memory, 'B')}"
        if count > MOST_PROCESSES:
            return f"it had {count} processes, more than {MOST_PROCESSES}"
        return None

    def _told(self, what: str) -> str:
        parts = [f"{what}; the recipe was stopped"]
        if self._worker.last_words:
            parts += ["Its last words:", *self._worker.last_words]
        return "\n".join(parts)

    def _members(self) -> Iterator[psutil.Process]:
        if not KNOWABLE:
            with contextlib.suppress(psutil.Error):
                leader = psutil.Process(self._worker.pid)
                yield from (leader, *leader.children(recursive=True))
            return
        yield from descendants(self._folder)
