"""What a worker can do wrong, each by its name; the timed call and the recipe of a wild framework begin with one."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from probes.channel import claim

LONG = 600.0


def segfaults() -> None:
    sys.stderr.write("about to read address 0\n")
    ctypes.string_at(0)


def hangs() -> None:
    time.sleep(LONG)


def answers_late() -> None:
    """Take longer than any limit, then answer as if nothing had been."""
    time.sleep(8)


def forks() -> None:
    """Leave a copy of the process, a child, and a daemon in a session of its own."""
    sleep = [sys.executable, "-c", f"import time; time.sleep({LONG})"]
    subprocess.Popen(sleep)
    subprocess.Popen(sleep, start_new_session=True)
    if os.fork() == 0:
        time.sleep(LONG)
        os._exit(0)


def leaks() -> None:
    """Take ever more memory."""
    held = []
    while True:
        held.append(bytearray(b"x") * 20_000_000)
        time.sleep(0.02)


def shouts() -> None:
    """Write 100 MB to standard output."""
    for _ in range(100):
        os.write(1, b"y" * 999_999 + b"\n")


def closes_channel() -> None:
    for descriptor in range(3, 64):
        with contextlib.suppress(OSError):
            os.close(descriptor)
    time.sleep(LONG)


def answers_garbage() -> None:
    """Find the channel and write what is no answer until the reader gives up."""
    channel: Any = claim()
    while True:
        channel._replies.write("\x00\x1b[2J {no answer\n")


def ends() -> None:
    os._exit(7)


class _Instead:
    """A stream to the parent that says something else."""

    def __init__(self, stream: TextIO, text: str) -> None:
        self._stream, self._text = stream, text

    def write(self, line: str) -> None:
        self._stream.write(self._text.replace("ID", str(json.loads(line)["id"])) + "\n")

    def flush(self) -> None:
        self._stream.flush()


def _answering(text: str) -> Callable[[], None]:
    def act() -> None:
        """Say `text` from now on, whatever the answer is."""
        channel: Any = claim()
        channel._replies = _Instead(channel._replies, text)

    return act


ACTS: dict[str, Callable[[], None]] = {
    "segfaults": segfaults,
    "hangs": hangs,
    "answers-late": answers_late,
    "forks": forks,
    "leaks": leaks,
    "shouts": shouts,
    "closes-channel": closes_channel,
    "answers-garbage": answers_garbage,
    "ends": ends,
    "answers-nothing": _answering('{"id": ID, "ok": {}}'),
    "answers-of-another-shape": _answering(
        '{"id": ID, "ok": {"calls": "abc", "wall": [], "cpu": null}, "outcome": 7, "proof": [1], "seconds": "x"}'
    ),
    "answers-nan": _answering(
        '{"id": ID, "ok": {"calls": [NaN, 1e999], "wall": NaN, "cpu": 1}, "outcome": "proved", "proof": {"x": NaN}}'
    ),
    "answers-half-characters": _answering('{"id": ID, "outcome": "proved", "message": "\\ud800", "where": 3}'),
    "answers-deeply": _answering('{"id": ID, "ok": ' + "[" * 100_000 + "]" * 100_000 + "}"),
}
