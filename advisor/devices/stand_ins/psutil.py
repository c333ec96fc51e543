"""The part of psutil that the measuring core uses, from /proc."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

STATUS_ZOMBIE = "zombie"
RLIMIT_CORE = 4
_PROC = Path("/proc")


class Error(Exception):
    """Something could not be told of a process."""


class NoSuchProcess(Error):  # noqa: N818 - as psutil calls it
    """The process is gone."""


class Process:
    """A process by its id."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def kill(self) -> None:
        """End it."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except OSError as error:
            raise NoSuchProcess(str(error)) from None

    def status(self) -> str:
        """Return whether it is a zombie, or else its letter."""
        try:
            letter = (_PROC / str(self.pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        except (OSError, IndexError) as error:
            raise NoSuchProcess(str(error)) from None
        return STATUS_ZOMBIE if letter == "Z" else letter

    def rlimit(self, which: int, limits: tuple[int, int]) -> None:
        """Set a limit."""
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(self.pid, which, limits)

    def memory_info(self) -> SimpleNamespace:
        """Return its resident bytes as ``rss``."""
        try:
            pages = int((_PROC / str(self.pid) / "statm").read_text().split()[1])
        except (OSError, ValueError, IndexError) as error:
            raise NoSuchProcess(str(error)) from None
        return SimpleNamespace(rss=pages * os.sysconf("SC_PAGE_SIZE"))

    def children(self, *, recursive: bool = False) -> list[Process]:  # noqa: ARG002 - as psutil calls it
        """Return none: where /proc tells nothing, nothing is known."""
        return []


def process_iter() -> Iterator[Process]:
    """Yield every process that is listed."""
    for name in sorted(os.listdir(_PROC)):
        if name.isdigit():
            yield Process(int(name))


def virtual_memory() -> SimpleNamespace:
    """Return the bytes of memory as ``total``; OSError where the system does not tell."""
    for line in (_PROC / "meminfo").read_text().splitlines():
        if line.startswith("MemTotal:"):
            return SimpleNamespace(total=int(line.split()[1]) * 1024)
    raise OSError("/proc/meminfo has no MemTotal")
