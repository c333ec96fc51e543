"""Busy neighbors: processes that keep a core busy, each in a session of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# At most this many seconds of processor time each, whatever becomes of the benchmark.
MOST_SECONDS = 600
_HOG = """
import random, sys, time
least, most, seed = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
while time.process_time() < float(sys.argv[4]):
    period, duty = chance.uniform(0.2, 2.0), chance.uniform(least, most)
    end = time.perf_counter() + period * duty
    while time.perf_counter() < end:
        pass
    time.sleep(period * (1 - duty))
"""


Hogs = list[subprocess.Popen[bytes]]


@contextmanager
def hogs(count: int, *, least: float = 1.0, most: float = 1.0, seed: int = 0) -> Iterator[Hogs]:
    """Keep `count` cores busy, each for a share of the time drawn anew between `least` and `most`."""
    found: Hogs = [
        subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _HOG, str(least), str(most), str(seed + each), str(MOST_SECONDS)],
            start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for each in range(count)
    ]  # fmt: skip
    try:
        yield found
    finally:
        for each in found:
            each.kill()
            each.wait()


def let(found: Hogs, *, run: bool) -> None:
    """Let hogs run on, or hold them."""
    for each in found:
        each.send_signal(signal.SIGCONT if run else signal.SIGSTOP)
