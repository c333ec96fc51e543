"""Two frameworks beside busy neighbors: never a wrong order, and what one pinned thread still tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from statistics import median
from unittest.mock import patch

from advisor.measurement import comparison, pinned
from advisor.measurement.noise import Watch
from advisor.measurement.plan import Plan
from advisor.measurement.run import CONTENDED, Run
from benchmarks.fidelity import equal
from benchmarks.fidelity.hogs import hogs
from benchmarks.fidelity.repeatable import FIRST, SECOND, groups, quiet
from benchmarks.fidelity.sessions import ONE_PROCESS, PACE, Group, Sessions, latency, plan, verdict
from benchmarks.tables import Result

PATIENT = 60.0
ONE, TWO, INTERMITTENT = "one hog", "two hogs", "intermittent hogs, 5–60 % busy"


def results(quick: bool) -> list[Result]:
    """Measure sessions beside each kind of neighbor; quiet sessions of the same cells tell the truth."""
    sessions = Sessions(seed=200)
    plans = plan(("pytorch", "tensorflow"), groups(quick), ONE_PROCESS, modes=("out-of-the-box",))
    truth = {group: _truth(quiet(quick), group) for group in groups(quick)}
    print("truth", truth, flush=True)
    known = {group: word for group, word in truth.items() if word not in (CONTENDED, "unclear")}
    count = 1 if quick else 5
    found, beside = [], list[Run]()
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
            # The pinned figures are looked at beside one hog; elsewhere they would take time and tell nothing.
            with hogging(seed=number), nullcontext() if title == ONE else _unpinned():
                run = sessions.one(replace(plans, pace=pace))
            if title == ONE:
                beside.append(run)
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
    found.append(_pinned(quick, sessions, plans, beside))
    # A quick table leaves out what takes another minute.
    return found if quick else [*found, _slowed(sessions)]


def _truth(runs: Sequence[Run], group: Group) -> str:
    words = Counter(verdict(run, group, FIRST, SECOND)[0] for run in runs)
    return words.most_common(1)[0][0]


def _judged(word: str, truth: str) -> str:
    if word in (CONTENDED, "unclear"):
        return word
    return "right" if word == truth else "wrong"


def _pinned(quick: bool, sessions: Sessions, plans: Plan, beside: list[Run]) -> Result:
    """Compare the ratios on one pinned thread with those of a quiet machine."""
    with _forced():  # every block is objected to, so that the quiet machine gives its pinned figures too
        alone = [
            sessions.one(replace(plans, pace=replace(ONE_PROCESS, patience=0.0))) for _ in range(1 if quick else 3)
        ]
    off = []
    for group in groups(quick):
        known = median(_ratio(run, group) for run in alone)
        off += [abs(_ratio(run, group) / known - 1) for run in beside if _has(run, group)]
    within = sum(each <= 0.03 for each in off)
    told = f"median {median(off):.1%} off, at most {max(off):.1%}; {within} within 3 %" if off else "nothing contended"
    what = f"Two frameworks' ratio on one pinned thread beside one hog, against its quiet value, {len(off)} comparisons"
    return Result(what, told, "within 3 %", bool(off) and within == len(off))


def _slowed(sessions: Sessions) -> Result:
    """Look for an injected slow-down on one pinned thread beside a hog."""
    words = Counter[str]()
    for number in range(2):
        own = plan(equal.PYTORCH, equal.SLOWED, replace(PACE, rounds=7, processes=1, further=0, patience=0.0))
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


def _unpinned() -> AbstractContextManager[object]:
    return patch.object(pinned, "measure", lambda *_: None)


def _forced() -> AbstractContextManager[object]:
    return patch.object(Watch, "objection", lambda *_, **__: "the benchmark asks for the pinned figures")


def _has(run: Run, group: Group) -> bool:
    return any(each.metric == pinned.METRIC and each.probe == group[0] for each in run.observations)


def _ratio(run: Run, group: Group) -> float:
    sides = [latency(run, framework, group, mode, pinned.METRIC) for framework, mode in (FIRST, SECOND)]
    found = comparison.compare(sides[0], sides[1], zone=run.policy.indifference)
    assert found.ratio is not None
    return found.ratio
