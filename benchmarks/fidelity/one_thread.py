"""What one pinned thread still tells beside a busy neighbor: the ratio of two frameworks, and a slow-down of 10 %."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from unittest.mock import patch

from advisor.measurement import comparison, statistics
from advisor.measurement.run import PINNED_LATENCY, Run
from advisor.measurement.session.context import Context
from advisor.measurement.session.effort import PACES
from advisor.measurement.tasks import single_core
from benchmarks.fidelity import equal
from benchmarks.fidelity.hogs import Hogs, hogs, let
from benchmarks.fidelity.repeatable import FIRST, SECOND, groups
from benchmarks.fidelity.sessions import ONE_PROCESS, Group, Sessions, latency, plan
from benchmarks.tables import Result

# One round on all threads is contended for good, and leads to one pinned thread soonest.
SOON = replace(ONE_PROCESS, rounds=1, patience=0.0, pinned=PACES["standard"].pinned)


def results(quick: bool) -> list[Result]:
    """Measure sessions of one pinned thread beside a hog; a quick table leaves out what takes some minutes more."""
    sessions = Sessions(seed=400)
    found = [_ratios(quick, sessions)]
    return found if quick else [*found, _slowed(sessions)]


def _ratios(quick: bool, sessions: Sessions) -> Result:
    """Compare the ratios of rounds beside a hog with those of the rounds between, on one pinned thread.

    What other guests of a host do to its caches and clocks moves the ratio of two frameworks by several percent from
    minute to minute; with the same processes in the same minutes, what is left is what the hog does.
    """
    plans = plan(("pytorch", "tensorflow"), groups(quick), SOON, modes=("out-of-the-box",))
    off = []
    for number in range(1 if quick else 4):
        with hogs(1, seed=100 + number) as found, _every_other_round(found):
            run = sessions.one(plans)
        for group in groups(quick):
            beside, alone = (_ratio(run, group, odd) for odd in (1, 0))
            print(f"{group[0]} pinned: {alone:.4f}, beside a hog {beside:.4f}", flush=True)
            off.append(abs(beside / alone - 1))
    within = sum(each <= 0.03 for each in off)
    told = f"median {median(off):.1%} off, at most {max(off):.1%}; {within} within 3 %"
    what = (
        f"Two frameworks' ratio on one pinned thread beside one hog, against the rounds without, {len(off)} comparisons"
    )
    return Result(what, told, "within 3 %", within == len(off))


def _slowed(sessions: Sessions) -> Result:
    """Look for an injected slow-down on one pinned thread beside a hog."""
    words = Counter[str]()
    for number in range(2):
        own = plan(equal.PYTORCH, equal.SLOWED, replace(SOON, pinned=PACES["thorough"].pinned))
        with hogs(1, seed=50 + number):
            run = sessions.one(own)
        for group in equal.SLOWED:
            sides = [
                latency(run, name, group, mode, PINNED_LATENCY)
                for name, mode in ((equal.PYTORCH[1], equal.SLOWER), (equal.PYTORCH[0], equal.PLAIN))
            ]
            words[comparison.compare(sides[0], sides[1], zone=run.policy.indifference).word] += 1
    what = f"+10 % injected, one pinned thread beside one hog, as thorough as can be, {words.total()} comparisons"
    return Result(what, f"{words['slower']} called slower", "all", words["slower"] == words.total())


@contextmanager
def _every_other_round(found: Hogs) -> Iterator[None]:
    """Hold the hogs in even rounds on one pinned thread, and take rounds enough for 3 %."""
    measured = single_core._round

    def turn(context: Context, cells: list[single_core._Cell], number: int, process: int) -> None:
        let(found, run=number % 2 == 1)
        measured(context, cells, number, process)

    with patch.multiple(single_core, _round=turn, ROUNDS=60):
        yield


def _ratio(run: Run, group: Group, odd: int) -> float:
    rounds = [
        [each for each in latency(run, framework, group, mode, PINNED_LATENCY).rounds if each.round % 2 == odd]
        for framework, mode in (FIRST, SECOND)
    ]
    return statistics.paired_ratio(comparison.pairs(rounds[0], rounds[1]), seed=0).value
