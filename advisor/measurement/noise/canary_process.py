"""The canary: two pinned processes bounce a byte, then each does fixed work; the times tell what nobody sees else.

A bounce tells how far apart the host has put the two cores. The work tells whether either of them is slowed from
outside: by a neighbor of the virtual machine on the other thread of the same physical core, or by its clock.

Run as a script (``python canary_process.py CPU CPU``); only the standard library is used. For every line on standard
input it writes three figures in nanoseconds: the median bounce of half a millisecond, and the median time of a
multiplication of two long numbers on each of the cores, both at once. In between both processes sleep. With one CPU
alone there is nobody to bounce with: one figure, that of the work.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
import time

SPAN = 500_000
BURST = 10
PATIENCE = 20_000_000
END = 255
DONE = 254
LINE = 128
TOLD = 2 * LINE
# A figure stands there twice: where a processor writes it in two halves (32 bits), or others see what is written in
# another order (Arm), both are equal once it is whole.
FIGURES = struct.Struct("dd")
ALONE = 2
# Their product takes 0.08 milliseconds, stays in the nearest cache, and keeps the units of a core so busy that it takes
# nearly twice as long beside a neighbor on the core's other thread. One that is interrupted is not the median.
FACTORS = 7**5000, 5**6000
PRODUCTS = 5
NEVER = float("inf")


def main() -> None:
    """Fork the partner, then serve."""
    ours, theirs = int(sys.argv[1]), int(sys.argv[-1])
    if len(sys.argv) == ALONE:
        os.sched_setaffinity(0, {ours})
        for _ in sys.stdin:
            tell(work())
        return
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
        shared[TOLD : TOLD + FIGURES.size] = FIGURES.pack(0.0, NEVER)
        os.write(woken, b"!")
        tell(bounce(shared), work(), answer(shared))


def tell(*figures: float) -> None:
    """Write one line of figures."""
    sys.stdout.write(" ".join(f"{each:.0f}" for each in figures) + "\n")
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
            if not came(shared, value, now):
                shared[0] = END
                return NEVER
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


def came(shared: mmap.mmap, value: int, since: int) -> bool:
    """Wait until the partner has written the value."""
    spins = 0
    while shared[LINE] != value:
        spins += 1
        # A partner that another process pushed off its core answers late; one that is gone, never.
        if spins % 4096 == 0 and time.perf_counter_ns() - since > PATIENCE:
            return False
    return True


def work() -> float:
    """Return the median nanoseconds of a product."""
    times = []
    for _ in range(PRODUCTS):
        began = time.perf_counter_ns()
        _ = FACTORS[0] * FACTORS[1]
        times.append(time.perf_counter_ns() - began)
    times.sort()
    return times[PRODUCTS // 2]


def partner(shared: mmap.mmap, wake: int) -> None:
    """Sleep until woken; answer every byte with itself until told to end, then work and tell how long it took."""
    while os.read(wake, 1):
        while True:
            value = shared[0]
            if value == END:
                break
            shared[LINE] = value
        taken = work()
        shared[TOLD : TOLD + FIGURES.size] = FIGURES.pack(taken, taken)
        shared[LINE] = DONE


def answer(shared: mmap.mmap) -> float:
    """Return how long the partner's work took; infinity when it does not come."""
    since = time.perf_counter_ns()
    if not came(shared, DONE, since):
        return NEVER
    while True:
        taken, again = FIGURES.unpack(shared[TOLD : TOLD + FIGURES.size])
        if taken == again:
            return float(taken)
        if time.perf_counter_ns() - since > PATIENCE:
            return NEVER


if __name__ == "__main__":
    main()
