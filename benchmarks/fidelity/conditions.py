"""The same comparisons on the machine as it is, and beside busy neighbors: what gets a word, and whether it is right.

No bar needs a quiet machine. The truth of a pair is the ratio of the fastest blocks over all sessions of this
benchmark, in whatever condition they were; where the fastest single call of all is much shorter than the fastest block,
no block was ever left alone, and the pair is not judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from typing import Any

from advisor.measurement import comparison
from advisor.measurement.interference import interference
from advisor.measurement.run import Observation, Run
from advisor.measurement.session.effort import PACES
from advisor.measurement.timing import BOUNDED, MEASURED, UNDER_LOAD
from benchmarks.fidelity import equal
from benchmarks.fidelity.hogs import hogs
from benchmarks.fidelity.replay import CLEAR, COVERED, Session, place, truths
from benchmarks.fidelity.sessions import (
    ONE_PROCESS,
    OPEN,
    Effort,
    Group,
    Sessions,
    judged,
    plan,
    verdict,
    word_on_one_thread,
)
from benchmarks.tables import Result

Neighbors = Callable[..., AbstractContextManager[Any]]
GROUPS: tuple[Group, ...] = (
    ("mlp-training", 64),
    ("mlp-inference", 32),
    ("cnn-inference", 1),
    ("recommender-training", 256),
)
AS_IT_IS = "the machine as it is"
# Sessions, the share of the clear pairs that has to get a word, and of the slow-downs that have to be found.
CONDITIONS: Mapping[str, tuple[Neighbors, int, float, float]] = {
    AS_IT_IS: (lambda **_: nullcontext(), 12, 0.9, 0.95),
    "one hog": (partial(hogs, 1), 5, 0.7, 0.0),
    "intermittent hogs, 5–60 % busy": (partial(hogs, 2, least=0.05, most=0.6), 5, 0.8, 0.0),
    "two hogs": (partial(hogs, 2), 5, 0.5, 0.0),
}


GRADES = (MEASURED, UNDER_LOAD, BOUNDED)


@dataclass
class Found:
    """What the sessions of one condition said."""

    runs: list[Run] = field(default_factory=list)
    twins: list[Run] = field(default_factory=list)


def results(effort: Effort) -> list[Result]:
    """Measure sessions in every condition in turn; where time is limited, of fewer cells."""
    sessions, groups = Sessions(seed=600), GROUPS[2:3] if effort.limited else GROUPS
    one_thread = replace(ONE_PROCESS, pinned=2 if effort.limited else PACES["standard"].pinned)
    pairs = plan(("pytorch", "tensorflow"), groups, one_thread, settings=("out-of-the-box",))
    twins = plan(equal.PYTORCH, equal.GROUPS[1:2] if effort.limited else equal.GROUPS, one_thread)
    found = {title: Found() for title in CONDITIONS}
    for number in effort.numbers(max(count for _, count, _, _ in CONDITIONS.values()), 2):
        for title, (neighbors, count, _, _) in CONDITIONS.items():
            # Of each condition at least one.
            if number >= count or (number and effort.over):
                continue
            with neighbors(seed=number):
                found[title].runs.append(sessions.one(pairs))
                found[title].twins.append(sessions.one(twins))
            print(title, number + 1, interference(found[title].runs[-1].observations).sentence, flush=True)
    runs = [run for each in found.values() for run in each.runs]
    known = truths([Session(run.id, _timings(run)) for run in runs])
    lines = [_stillness(found[AS_IT_IS].runs)]
    for title, (_, _, least, caught) in CONDITIONS.items():
        lines += _judged(title, found[title], known, least, caught)
    return lines


def _judged(
    title: str, found: Found, known: Mapping[tuple[object, ...], float], least: float, caught: float
) -> Iterator[Result]:
    compared = [pair for run in found.runs for pair in _pairs(run, known)]
    clear = [(each, truth) for each, truth in compared if max(truth, 1 / truth) >= CLEAR]
    words = Counter(_word(each, truth) for each, truth in clear)
    told = words["right"] + words["bound"] * (title != AS_IT_IS)
    yield Result(
        f"{title}: {len(clear)} pairs with a true ratio of at least {CLEAR}, in {_sessions(len(found.runs))}",
        f"{words['right']} get the right word, {words['bound']} a bound to one side, {words['wrong']} a wrong one",
        f"at least {least:.0%}{'' if title == AS_IT_IS else ' with a word or a bound'}, 0 wrong",
        False if words["wrong"] else judged(told, len(clear), least),
    )
    timings = [each for run in found.runs for each in _timings(run) if place(each) in known and each.summary]
    for grade in GRADES:
        mine_ = [(each.summary, known[place(each)]) for each in timings if each.summary and _grade(each) == grade]
        inside = sum(summary.low <= truth <= summary.high for summary, truth in mine_)
        if mine_:
            what = f"{title}: intervals of times that are {grade} contain the pooled truth"
            yield Result(
                what, f"{inside} of {len(mine_)}", f"at least {COVERED:.0%}", judged(inside, len(mine_), COVERED)
            )
    for grade in GRADES:
        mine = [(each, truth) for each, truth in compared if each.grade == grade and each.low and each.high]
        inside = sum(each.low <= truth <= each.high for each, truth in mine if each.low and each.high)
        if mine:
            what = f"{title}: intervals of ratios that are {grade} contain the pooled truth"
            yield Result(
                what, f"{inside} of {len(mine)}", f"at least {COVERED:.0%}", judged(inside, len(mine), COVERED)
            )
    same, slower, pinned = Counter[str](), Counter[str](), 0
    first, second = equal.PYTORCH
    for run in found.twins:
        for group in {(each.probe, int(each.parameters["batch"])) for each in _timings(run)}:
            same[_said(run, group, (second, equal.PLAIN), (first, equal.PLAIN))[0]] += 1
            word, on_one = _said(run, group, (first, equal.SLOWER), (second, equal.PLAIN))
            slower[word] += 1
            pinned += on_one and word == "slower"
    different = same["faster"] + same["slower"]
    yield Result(
        f"{title}: A/A, {same.total()} comparisons of one framework with itself in {_sessions(len(found.twins))}",
        f"{different} called different",
        "at most 1 of 60", different <= max(1, same.total() / 60),
    )  # fmt: skip
    wrong = slower["faster"] + slower["same"]
    yield Result(
        f"{title}: +20 % injected, {slower.total()} comparisons in {_sessions(len(found.twins))}",
        f"{slower['slower']} called slower, {pinned} of them on one pinned thread, {wrong} wrong",
        f"at least {caught:.0%}" if caught else "0 wrong",
        False if wrong else judged(slower["slower"], slower.total(), caught),
    )


def _sessions(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"


def _grade(each: Observation) -> str:
    return each.grade or MEASURED


def _said(run: Run, group: Group, first: tuple[str, str], second: tuple[str, str]) -> tuple[str, bool]:
    """Return the word for two cells, and whether it is that of one pinned thread: so where all threads have none."""
    word, _ = verdict(run, group, first, second)
    if word in ("unclear", OPEN) and (on_one := word_on_one_thread(run, group, first, second)) is not None:
        return on_one, True
    return word, False


def _word(found: comparison.Comparison, truth: float) -> str:
    said = found.word if found.word != "unclear" else found.bound
    if said is None:
        return "open"
    if said not in (("faster", "no slower") if truth < 1 else ("slower", "no faster")):
        return "wrong"
    return "right" if said == found.word else "bound"


def _timings(run: Run) -> tuple[Observation, ...]:
    return tuple(each for each in run.observations if each.metric == "latency" and each.rounds)


def _pairs(run: Run, known: Mapping[tuple[object, ...], float]) -> Iterator[tuple[comparison.Comparison, float]]:
    groups: dict[str, list[Observation]] = {}
    for each in _timings(run):
        if place(each) in known:
            groups.setdefault(each.key.group, []).append(each)
    for members in groups.values():
        for first, second in combinations(members, 2):
            zone = comparison.zone(run.policy, run.aa_floor, {first.framework, second.framework})
            truth = known[place(first)] / known[place(second)]
            yield comparison.compare(first, second, zone=zone), truth


def _stillness(runs: Sequence[Run]) -> Result:
    found = [interference(run.observations) for run in runs]
    blocks = sum(each.blocks for each in found)
    slowed, robbed = (sum(getattr(each, kind) for each in found) for kind in ("slowed", "robbed"))
    told = f"of {blocks:,} blocks {slowed / blocks:.0%} slowed by the host, {robbed / blocks:.0%} robbed by others"
    return Result(f"How quiet the machine was: {len(runs)} sessions beside nobody of ours", told, "–", holds=None)
