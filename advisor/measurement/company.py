"""Processes that a worker started and that left its group: they are known by the temporary folder they were given."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

_PASSES = 50
_PAUSE = 0.02
KNOWABLE = Path("/proc/self/environ").exists()


def of(folder: Path) -> Iterator[psutil.Process]:
    """Yield the processes whose folder for temporary files is `folder` or lies within it; none where nothing tells."""
    if not KNOWABLE:
        return
    mark = os.fsencode(f"TMPDIR={folder}")
    for process in psutil.process_iter():
        with contextlib.suppress(OSError, psutil.Error):
            environ = Path(f"/proc/{process.pid}/environ").read_bytes()
            if mark + b"\0" in environ or mark + b"/" in environ:
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
