"""The ping-pong canary: two pinned processes bounce a byte, and the time of it tells how far apart their cores are.

Run as a script (``python canary_process.py CPU CPU``); only the standard library is used. For every line on standard
input it bounces for half a millisecond and writes the median bounce in nanoseconds. Between bounces both processes
sleep.
"""

from __future__ import annotations

import mmap
import os
import sys
import time

SPAN = 500_000
BURST = 10
PATIENCE = 20_000_000
END = 255
LINE = 128


def main() -> None:
    """Fork the partner, then serve."""
    ours, theirs = int(sys.argv[1]), int(sys.argv[2])
    shared = mmap.mmap(-1, mmap.PAGESIZE)
    wake, woken = os.pipe()
    if os.fork() == 0:
        os.close(woken)
        os.sched_setaffinity(0, {theirs})
        partner(shared, wake)
        os._exit(0)
    os.close(wake)
    os.sched_setaffinity(0, {ours})
    for _ in sys.stdin:
        shared[0] = shared[LINE] = 0
        os.write(woken, b"!")
        sys.stdout.write(f"{bounce(shared):.0f}\n")
        sys.stdout.flush()


def bounce(shared: mmap.mmap) -> float:
    """Return the median nanoseconds of a bounce, over bursts of ten; infinity when the partner does not come."""
    clock = time.perf_counter_ns
    bursts = []
    value, now = 0, clock()
    begin = end = 0
    while not end or now < end:
        for _ in range(BURST):
            value = value % 127 + 1
            shared[0] = value
            spins = 0
            while shared[LINE] != value:
                spins += 1
                # A partner that another process pushed off its core answers late; one that is gone, never.
                if spins % 4096 == 0 and clock() - now > PATIENCE:
                    shared[0] = END
                    return float("inf")
        last, now = now, clock()
        if end:
            bursts.append((now - last) / BURST)
        else:
            # The first burst holds the partner's waking up.
            begin = now
            end = begin + SPAN
    shared[0] = END
    bursts.sort()
    return bursts[len(bursts) // 2]


def partner(shared: mmap.mmap, wake: int) -> None:
    """Sleep until woken; answer every byte with itself until told to end."""
    while os.read(wake, 1):
        while True:
            value = shared[0]
            if value == END:
                break
            shared[LINE] = value


if __name__ == "__main__":
    main()
