"""A process that times one MLP in turns, by our blocks and by torch.utils.benchmark, and prints the ratios as JSON."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable
from typing import NamedTuple

from advisor.measurement import host
from advisor.measurement.noise.canary import Canary
from advisor.measurement.noise.guard import Guard
from advisor.measurement.noise.watch import Watch
from probes import timing, workloads
from probes.frameworks.pytorch import describe

THREADS = 2
MOST_ATTEMPTS = 10


class Timed(NamedTuple):
    """One block: seconds of a call, and those of the block; what took none of our clocks counts as all at work."""

    mean: float
    cpu: float = 1.0
    wall: float = 1.0


def main() -> None:
    """Time pairs until as many as the argument says are accepted."""
    os.environ.update(describe.environment(THREADS))
    from torch.utils.benchmark import Timer

    from probes.frameworks.pytorch import inference

    describe.configure(THREADS)
    call = inference.eager(workloads.synthetic("mlp", {"batch": 32})).call
    timer = Timer("call()", globals={"call": call}, num_threads=THREADS)

    def theirs() -> Timed:
        timing.block(call, settle=0.0, lead_in=0.1, seconds=0.0, minimum_calls=1)
        seconds = timer.blocked_autorange(min_run_time=0.1).mean
        return Timed(seconds)

    def ours() -> Timed:
        found = timing.block(call, settle=0.0, lead_in=0.1, seconds=0.1)
        return Timed(found["wall"] / found["count"], found["cpu"], found["wall"])

    guard = Guard(Canary(host.describe().cpu), Watch(), settle=0.01)
    wanted, chance = int(sys.argv[1]), random.Random(1)
    ratios: list[float] = []
    for _ in range(wanted * MOST_ATTEMPTS):
        sides: list[tuple[str, Callable[[], Timed]]] = [("ours", ours), ("theirs", theirs)]
        chance.shuffle(sides)
        seen = {name: guard.block(run, stack=name, process=os.getpid) for name, run in sides}
        if all(not sight.disturbances for _, sight in seen.values()):
            ratios.append(seen["ours"][0].mean / seen["theirs"][0].mean)
        if len(ratios) == wanted:
            break
    guard.close()
    print(json.dumps(ratios))


if __name__ == "__main__":
    main()
