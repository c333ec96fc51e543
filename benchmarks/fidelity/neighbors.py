"""Two frameworks beside busy neighbors: never a wrong order, and what one pinned thread still tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from statistics import median
from unittest.mock import patch

from advisor.measurement import comparison, pinned, statistics
from advisor.measurement.context import Context
from advisor.measurement.plan import Plan
from advisor.measurement.run import CONTENDED, Run
from benchmarks.fidelity import equal
from benchmarks.fidelity.hogs import Hogs, hogs, let
from benchmarks.fidelity.repeatable import FIRST, SECOND, groups, quiet
from benchmarks.fidelity.sessions import ONE_PROCESS, PACE, Group, Sessions, latency, plan, verdict
from benchmarks.tables import Result

PATIENT = 60.0
# One round on all threads is contended for good, and leads to one pinned thread soonest.
SOON = replace(ONE_PROCESS, rounds=1, patience=0.0)
ONE, TWO, INTERMITTENT = "one hog", "two hogs", "intermittent hogs, 5–60 % busy"


def results(quick: bool) -> list[Result]:
    """Measure sessions beside each kind of neighbor; quiet sessions of the same cells tell the truth."""
    sessions = Sessions(seed=200)
    plans = plan(("pytorch", "tensorflow"), groups(quick), ONE_PROCESS, modes=("out-of-the-box",))
    truth = {group: _truth(quiet(quick), group) for group in groups(quick)}
    print("truth", truth, flush=True)
    known = {group: word for group, word in truth.items() if word not in (CONTENDED, "unclear")}
    count = 1 if quick else 5
    found = []
    patient = replace(ONE_PROCESS, patience=PATIENT / 2 if quick else PATIENT)
    for title, hogging, pace in (
        (ONE, partial(hogs, 1), ONE_PROCESS),
        (TWO, partial(hogs, 2), ONE_PROCESS),
        (INTERMITTENT, partial(hogs, 2, least=0.05, most=0.6), patient),
    ):
        words: Counter[str] = Counter()
        if quick and title == TWO:
            continue  # one hog contends as much on two cores, and is looked at on one thread, too
        for number in range(count):
            # The pinned figures have sessions of their own; here they would take time and tell nothing.
            with hogging(seed=number), patch.object(pinned, "measure", lambda *_: None):
                run = sessions.one(replace(plans, pace=pace))
            for group, word in known.items():
                words[_judged(verdict(run, group, FIRST, SECOND)[0], word)] += 1
            print(title, dict(words), flush=True)
        total = sum(words.values())
        share = words["right"] / total if total else 0.0
        # A share is nothing that one session can show.
        enough = 0.8 if title == INTERMITTENT and not quick else 0.0
        found.append(
            Result(
                f"Beside {title}, {total} comparisons in {count} sessions",
                f"{words['wrong']} wrong, {words['right']} right, {words['unclear']} unclear, "
                f"{words[CONTENDED]} contended",
                "0 wrong" + (", at least 80 % decided" if enough else ""),
                total > 0 and words["wrong"] == 0 and share >= enough,
            )
        )
    found.append(_pinned(quick, sessions, plans))
    # A quick table leaves out what takes another minute.
    return found if quick else [*found, _slowed(sessions)]


def _truth(runs: Sequence[Run], group: Group) -> str:
    words = Counter(verdict(run, group, FIRST, SECOND)[0] for run in runs)
    return words.most_common(1)[0][0]


def _judged(word: str, truth: str) -> str:
    if word in (CONTENDED, "unclear"):
        return word
    return "right" if word == truth else "wrong"


def _pinned(quick: bool, sessions: Sessions, plans: Plan) -> Result:
    """Compare the ratios of rounds beside a hog with those of the rounds between, on one pinned thread.

    What other guests of a host do to its caches and clocks moves the ratio of two frameworks by several percent from
    minute to minute; with the same processes in the same minutes, what is left is what the hog does.
    """
    off = []
    for number in range(1 if quick else 4):
        with hogs(1, seed=100 + number) as found, _every_other_round(found):
            run = sessions.one(replace(plans, pace=SOON))
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
        own = plan(equal.PYTORCH, equal.SLOWED, replace(SOON, further=PACE.further))
        with hogs(1, seed=50 + number):
            run = sessions.one(own)
        for group in equal.SLOWED:
            sides = [
                latency(run, name, group, mode, pinned.METRIC)
                for name, mode in ((equal.PYTORCH[1], equal.SLOWER), (equal.PYTORCH[0], equal.PLAIN))
            ]
            words[comparison.compare(sides[0], sides[1], zone=run.policy.indifference).word] += 1
    what = f"+10 % injected, one pinned thread beside one hog, {words.total()} comparisons"
    return Result(what, f"{words['slower']} called slower", "all", words["slower"] == words.total())


@contextmanager
def _every_other_round(found: Hogs) -> Iterator[None]:
    """Hold the hogs in even rounds on one pinned thread, and take rounds enough for 3 %."""
    measured = pinned._round

    def turn(context: Context, cells: list[pinned._Cell], number: int, process: int) -> None:
        let(found, run=number % 2 == 1)
        measured(context, cells, number, process)

    with patch.multiple(pinned, _round=turn, ROUNDS=60):
        yield


def _ratio(run: Run, group: Group, odd: int) -> float:
    rounds = [
        [each for each in latency(run, framework, group, mode, pinned.METRIC).rounds if each.round % 2 == odd]
        for framework, mode in (FIRST, SECOND)
    ]
    return statistics.paired_ratio(comparison.pairs(rounds[0], rounds[1]), seed=0).value
