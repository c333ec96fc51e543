"""What another design of the rounds would be worth, from blocks that were measured.

`python -m benchmarks.fidelity.design [RUN]`; by default a quiet one. The logarithm of the ratio of two stacks of a
group varies between rounds of one process and between processes. Three figures decide how rounds should be made: how
much of it is the process's (then more rounds, or shorter ones, bring nothing, and further processes do); how much more
it is when the two blocks are a round apart (that is what visiting them side by side takes away); and what is left of
that between two neighbors of a round, which is all that ABBA in the place of a random order could take away.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from advisor.measurement.run import Observation, Run, load_run
from benchmarks.fidelity.replay import QUIET
from benchmarks.tables import Result, show

# Fewer rounds of a process say nothing of how they vary.
ROUNDS = 4
DESIGNS = ((3, 5), (3, 10), (5, 3), (15, 1))


@dataclass(frozen=True)
class Spread:
    """Variances of the logarithm of one ratio.

    Attributes
    ----------
    within : float
        Between rounds of one process, both blocks in the same round.
    apart : float
        The same, with the second block a round later.
    between : float
        Between processes, beyond what their rounds explain.
    """

    within: float
    apart: float
    between: float

    def error(self, processes: int, rounds: int) -> float:
        """Return the standard error of the ratio from so many processes with so many rounds each."""
        return math.sqrt(self.between / processes + self.within / (processes * rounds))


def spreads(run: Run) -> Iterator[Spread]:
    """Yield what varies in every ratio of two stacks of a group of a Run."""
    groups: dict[str, list[Observation]] = {}
    for each in run.observations:
        if each.metric == "latency" and each.rounds:
            groups.setdefault(each.key.group, []).append(each)
    for members in groups.values():
        for first, second in combinations(members, 2):
            if found := _spread(first, second):
                yield found


def _spread(first: Observation, second: Observation) -> Spread | None:
    same, later, means = list[float](), list[float](), list[tuple[float, int]]()
    others = {block.round: math.log(block.median) for block in second.rounds if block.accepted}
    processes: dict[int, dict[int, float]] = {}
    for block in first.rounds:
        if block.accepted:
            processes.setdefault(block.process, {})[block.round] = math.log(block.median)
    for own in processes.values():
        ratios = [seconds - others[number] for number, seconds in own.items() if number in others]
        shifted = [
            seconds - others[number + 1]
            for number, seconds in own.items()
            if number + 1 in others and number + 1 in own
        ]
        if len(ratios) >= ROUNDS and len(shifted) >= ROUNDS - 1:
            same.append(float(np.var(ratios, ddof=1)))
            later.append(float(np.var(shifted, ddof=1)))
            means.append((float(np.mean(ratios)), len(ratios)))
    if len(means) < 3:
        return None
    within = float(np.mean(same))
    explained = within / float(np.mean([count for _, count in means]))
    between = max(0.0, float(np.var([mean for mean, _ in means], ddof=1)) - explained)
    return Spread(within, float(np.mean(later)), between)


def results(found: Sequence[Spread], stacks: float) -> list[Result]:
    """Return what these say; `stacks` is how many blocks a round holds."""

    def typical(values: Iterator[float]) -> float:
        return float(np.median([*values]))

    side_by_side = typical(each.apart / each.within for each in found)
    # Drift grows with the distance: from one round to two neighbors of it.
    abba = max(0.0, typical((each.apart - each.within) / each.within for each in found)) / stacks
    errors: Mapping[tuple[int, int], float] = {
        design: typical(each.error(*design) for each in found) for design in DESIGNS
    }
    lines = [
        Result("Ratios of two stacks", f"{len(found)}", "–", holds=None),
        Result(
            "Deviation between rounds of a process",
            f"{typical(math.sqrt(each.within) for each in found):.1%}",
            "–",
            holds=None,
        ),
        Result(
            "Deviation between processes", f"{typical(math.sqrt(each.between) for each in found):.1%}", "–", holds=None
        ),
        Result("Variance with the blocks a round apart, over side by side", f"{side_by_side:.2f}", "–", holds=None),
        Result("Of the variance ABBA could take away at most", f"{abba:.1%}", "–", holds=None),
    ]
    for (processes, rounds), error in errors.items():
        what = f"Standard error, {processes} processes of {rounds} rounds"
        lines.append(Result(what, f"{error:.2%}", "–", holds=None))
    return lines


def main() -> None:
    """Print the figures of a Run."""
    run = load_run(Path(sys.argv[1]) if len(sys.argv) > 1 else QUIET)
    timings = [each for each in run.observations if each.metric == "latency" and each.rounds]
    show(results([*spreads(run)], len(timings)))


if __name__ == "__main__":
    main()
