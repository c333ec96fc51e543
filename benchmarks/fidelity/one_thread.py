"""What one pinned thread still tells beside a busy neighbor: the ratio of two frameworks, and slow-downs."""

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
from benchmarks.fidelity.sessions import ONE_PROCESS, Effort, Group, Sessions, judged, latency, plan, word_on_one_thread
from benchmarks.tables import Result

# Which is slowed, and against whom it is held: the first of the pair is slowed by 20 %, the second by 10 %.
INJECTED = {"+10 %": (equal.PYTORCH[1], equal.PYTORCH[0]), "+20 %": (equal.PYTORCH[0], equal.PYTORCH[1])}
# One round on all threads is contended for good, and leads to one pinned thread soonest.
SOON = replace(ONE_PROCESS, rounds=1, patience=0.0, pinned=PACES["standard"].pinned)


def results(effort: Effort) -> list[Result]:
    """Measure sessions of one pinned thread beside a hog."""
    sessions = Sessions(seed=400)
    return [_ratios(effort, sessions), *_slowed(effort, sessions)]


def _ratios(effort: Effort, sessions: Sessions) -> Result:
    """Compare the ratios of rounds beside a hog with those of the rounds between, on one pinned thread.

    What other guests of a host do to its caches and clocks moves the ratio of two frameworks by several percent from
    minute to minute; with the same processes in the same minutes, what is left is what the hog does.
    """
    plans = plan(("pytorch", "tensorflow"), groups(effort.limited), SOON, settings=("out-of-the-box",))
    off = []
    for number in effort.numbers(4, 1):
        with hogs(1, seed=100 + number) as found, _every_other_round(found):
            run = sessions.one(plans)
        for group in groups(effort.limited):
            beside, alone = (_ratio(run, group, odd) for odd in (1, 0))
            print(f"{group[0]} pinned: {alone:.4f}, beside a hog {beside:.4f}", flush=True)
            off.append(abs(beside / alone - 1))
    within = sum(each <= 0.03 for each in off)
    told = f"median {median(off):.1%} off, at most {max(off):.1%}; {within} within 3 %"
    what = (
        f"Two frameworks' ratio on one pinned thread beside one hog, against the rounds without, {len(off)} comparisons"
    )
    return Result(what, told, "within 3 %", within == len(off))


def _slowed(effort: Effort, sessions: Sessions) -> Iterator[Result]:
    """Look for injected slow-downs on one pinned thread beside a hog, as thorough as can be."""
    words = {title: Counter[str]() for title in INJECTED}
    pace = replace(SOON, pinned=PACES["standard" if effort.limited else "thorough"].pinned)
    for number in effort.numbers(2, 1):
        with hogs(1, seed=50 + number):
            run = sessions.one(plan(equal.PYTORCH, equal.SLOWED, pace))
        for title, (slower, plain) in INJECTED.items():
            for group in equal.SLOWED:
                found = word_on_one_thread(run, group, (slower, equal.SLOWER), (plain, equal.PLAIN))
                if found is not None:
                    words[title][found] += 1
    for title, found_ in words.items():
        wrong = found_["faster"] + found_["same"]
        what = f"{title} injected, one pinned thread beside one hog, {found_.total()} comparisons"
        told = f"{found_['slower']} called slower, {wrong} wrong"
        yield Result(
            what, told, "at least 90 %, 0 wrong", False if wrong else judged(found_["slower"], found_.total(), 0.9)
        )


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
