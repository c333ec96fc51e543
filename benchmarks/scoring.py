"""What the joint samples cost: against peers on the same samples, against size, and in memory.

`python -m benchmarks.scoring`. The peers are given the samples; our time includes drawing them. Ratios within one run.
"""

from __future__ import annotations

import math
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np

from advisor.decision.robustness import first_rank, pairwise_winning, rank_acceptability
from advisor.decision.sampling import draw
from advisor.decision.table import Table
from benchmarks.tables import Result, scored, show

SAMPLES = 10_000
STACKS, CRITERIA = 10, 25
PEER_SAMPLES = {"pymcdm": 1000, "scikit-criteria": 200}
LARGEST = (1000, 50, 10_000)
REPEATS = 5


def fastest(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the processor seconds of the fastest of some repetitions: what else the machine does is left out."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def random_table(stacks: int, criteria: int, seed: int = 0) -> Table:
    """Return a table in which every cell is uncertain."""
    rng = np.random.default_rng(seed)
    values, half = rng.uniform(0.1, 0.9, (stacks, criteria)), rng.uniform(0.01, 0.08, (stacks, criteria))
    return scored(values, rng.uniform(0.2, 1, criteria), half=half)


def analyse(table: Table, samples: int) -> None:
    """Draw the samples and count in them, as a decision does."""
    drawn = draw(table.feasible, table.profile.wishes, table.findings, table.worths, samples=samples, seed=0)
    rank_acceptability(drawn.values)
    pairwise_winning(drawn.values)


def peers() -> dict[str, float]:
    """Return the seconds that each peer would take for all samples, from the time of a part of them."""
    from pymcdm.methods import WSM

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import skcriteria
        from skcriteria.agg.simple import WeightedSumModel
        from skcriteria.pipelines import mkpipe
        from skcriteria.preprocessing.scalers import SumScaler
    rng = np.random.default_rng(0)
    matrices, weights = rng.random((max(PEER_SAMPLES.values()), STACKS, CRITERIA)), rng.dirichlet(np.ones(CRITERIA))
    types, method, pipeline = np.ones(CRITERIA), WSM(), mkpipe(SumScaler("weights"), WeightedSumModel())

    def pymcdm() -> None:
        for matrix in matrices[: PEER_SAMPLES["pymcdm"]]:
            method(matrix, weights, types)

    def scikit_criteria() -> None:
        for matrix in matrices[: PEER_SAMPLES["scikit-criteria"]]:
            pipeline.evaluate(skcriteria.mkdm(matrix, [max] * CRITERIA, weights=weights))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "pymcdm": fastest(pymcdm, 3) * SAMPLES / PEER_SAMPLES["pymcdm"],
            "scikit-criteria": fastest(scikit_criteria, 3) * SAMPLES / PEER_SAMPLES["scikit-criteria"],
        }


def exponent(sizes: list[int], work: Callable[[int], Callable[[], object]]) -> float:
    """Return the slope of time over size, both as logarithms, by least squares."""
    times = [fastest(work(size), 3) for size in sizes]
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def sampling(stacks: int, criteria: int, samples: int) -> Callable[[], object]:
    """Return the drawing and the first ranks of one table of this size."""
    table = random_table(stacks, criteria)
    wishes = table.profile.wishes
    return lambda: first_rank(
        draw(table.feasible, wishes, table.findings, table.worths, samples=samples, seed=0).values
    )


def largest() -> None:
    """Analyse the largest table and print what this process used at most, in bytes."""
    stacks, criteria, samples = LARGEST
    rng = np.random.default_rng(0)
    values, half = rng.random((stacks, criteria)), rng.uniform(0.01, 0.08, (stacks, criteria))
    missing = (rng.random((stacks, criteria)) < 0.1).astype(float)
    start = time.perf_counter()
    table = scored(values, rng.uniform(0.2, 1, criteria), missing=missing, half=half)
    built = time.perf_counter()
    analyse(table, samples)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, time.perf_counter() - built, built - start)


def main() -> None:
    """Print one row per bar."""
    if "--largest" in sys.argv:
        largest()
        return
    table = random_table(STACKS, CRITERIA)
    ours = fastest(lambda: analyse(table, SAMPLES))
    results = [
        Result(f"{SAMPLES:,} samples on {STACKS} × {CRITERIA}: {name}",
               f"{seconds / ours:.0f} times our {ours * 1e3:.0f} ms", f"at least {bar}", seconds / ours >= bar)
        for (name, seconds), bar in zip(peers().items(), (25, 250), strict=True)
    ]  # fmt: skip
    slopes = {
        "samples": exponent([5_000, 10_000, 20_000, 40_000], lambda n: sampling(10, 20, n)),
        "stacks": exponent([10, 20, 40, 80], lambda n: sampling(n, 20, 5_000)),
        "criteria": exponent([10, 20, 40, 80], lambda n: sampling(10, n, 5_000)),
    }
    results += [
        Result(f"time grows with the {what} to the power", f"{slope:.2f}", "at most 1.1", slope <= 1.1)
        for what, slope in slopes.items()
    ]
    command = [sys.executable, "-m", "benchmarks.scoring", "--largest"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    used, seconds = float(printed[0]), float(printed[1])
    size = " × ".join(f"{n:,}" for n in LARGEST)
    found = f"{used / 1e9:.2f} GB in {seconds:.0f} s"
    results.append(Result(f"memory of {size}", found, "at most 1 GB", used <= 1e9 and math.isfinite(seconds)))
    show(results)


if __name__ == "__main__":
    main()
