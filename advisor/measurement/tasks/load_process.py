"""A neighbour that keeps one core busy when asked to, for measuring what that does to others.

Run as a script (``python load_process.py SECONDS``); only the standard library is used. A byte on standard input sets
it to work, the next one lets it rest. It ends when its input does, or when it has used up so many seconds of processor
time.
"""

from __future__ import annotations

import os
import select
import sys
import time

GLANCE = 0.02


def main() -> None:
    """Rest and work in turns."""
    most = float(sys.argv[1])
    while os.read(0, 1):
        while not select.select([0], [], [], 0)[0]:
            if time.process_time() > most:
                return
            until = time.perf_counter() + GLANCE
            while time.perf_counter() < until:
                pass
        if not os.read(0, 1):
            return


if __name__ == "__main__":
    main()
