"""The same comparisons on the machine as it is, and beside busy neighbors: what gets a word, and whether it is right.

No bar needs a quiet machine. The truth of a pair is the ratio of the fastest blocks over all sessions of this
benchmark, in whatever condition they were; where the fastest single call of all is much shorter than the fastest block,
no block was ever left alone, and the pair is not judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from typing import Any

from advisor.measurement import comparison
from advisor.measurement.interference import interference
from advisor.measurement.joint_intervals import group_of
from advisor.measurement.run import Observation, Run
from benchmarks.fidelity import equal
from benchmarks.fidelity.hogs import hogs
from benchmarks.fidelity.replay import CLEAR, Session, place, truths
from benchmarks.fidelity.sessions import ONE_PROCESS, Group, Sessions, latency, plan
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
COVERED = 0.93


@dataclass
class Found:
    """What the sessions of one condition said."""

    runs: list[Run] = field(default_factory=list)
    twins: list[Run] = field(default_factory=list)


def results(quick: bool) -> list[Result]:
    """Measure sessions in every condition; a quick table makes one or two in each, of fewer cells."""
    sessions, groups = Sessions(seed=600), GROUPS[2:3] if quick else GROUPS
    pairs = plan(("pytorch", "tensorflow"), groups, ONE_PROCESS, modes=("out-of-the-box",))
    twins = plan(equal.PYTORCH, groups[:1] if quick else equal.GROUPS, ONE_PROCESS)
    found = {title: Found() for title in CONDITIONS}
    for title, (neighbors, count, _, _) in CONDITIONS.items():
        for number in range(min(count, 2) if quick else count):
            with neighbors(seed=number):
                found[title].runs.append(sessions.one(pairs))
                found[title].twins.append(sessions.one(twins))
            print(title, number + 1, interference(found[title].runs[-1].observations).sentence, flush=True)
    known = truths([Session(run.id, _timings(run)) for each in found.values() for run in each.runs])
    lines = [_stillness(found[AS_IT_IS].runs)]
    for title, (_, _, least, caught) in CONDITIONS.items():
        lines += _judged(title, found[title], known, least, caught, quick=quick)
    return lines


def _judged(
    title: str, found: Found, known: Mapping[tuple[object, ...], float], least: float, caught: float, *, quick: bool
) -> Iterator[Result]:
    compared = [pair for run in found.runs for pair in _pairs(run, known)]
    clear = [(each, truth) for each, truth in compared if max(truth, 1 / truth) >= CLEAR]
    words = Counter(_word(each, truth) for each, truth in clear)
    share = words["right"] / max(1, len(clear))
    yield Result(
        f"{title}: {len(clear)} pairs with a true ratio of at least {CLEAR}, in {len(found.runs)} sessions",
        f"{share:.0%} get the right word, {words['wrong']} a wrong one",
        f"at least {least:.0%}, 0 wrong",
        words["wrong"] == 0 and (share >= least or quick) if clear else None,
    )
    for grade in dict.fromkeys(each.grade for each, _ in compared):
        mine = [(each, truth) for each, truth in compared if each.grade == grade and each.low and each.high]
        inside = sum(each.low <= truth <= each.high for each, truth in mine if each.low and each.high)
        what = f"{title}: intervals of ratios that are {grade} contain the pooled truth"
        holds = inside >= COVERED * len(mine) if mine else None
        yield Result(what, f"{inside} of {len(mine)}", f"at least {COVERED:.0%}", holds)
    same, slower = Counter[str](), Counter[str]()
    for run in found.twins:
        for group in {(each.probe, int(each.parameters["batch"])) for each in _timings(run)}:
            same[_said(run, group, equal.PYTORCH[1], equal.PLAIN)] += 1
            slower[_said(run, group, equal.PYTORCH[0], equal.SLOWER, equal.PYTORCH[1])] += 1
    different = same["faster"] + same["slower"]
    yield Result(
        f"{title}: A/A, {same.total()} comparisons of one framework with itself", f"{different} called different",
        "at most 1 of 60", different <= max(1, same.total() / 60),
    )  # fmt: skip
    told = slower["slower"] / max(1, slower.total())
    yield Result(
        f"{title}: +20 % injected, {slower.total()} comparisons", f"{slower['slower']} called slower, "
        f"{slower['faster'] + slower['same']} wrong", f"at least {caught:.0%}" if caught else "0 wrong",
        slower["faster"] + slower["same"] == 0 and (told >= caught or quick),
    )  # fmt: skip


def _said(run: Run, group: Group, framework: str, mode: str, against: str = equal.PYTORCH[0]) -> str:
    sides = [latency(run, name, group, how) for name, how in ((framework, mode), (against, equal.PLAIN))]
    zone = comparison.zone(run.policy, run.aa_floor, {framework, against})
    return comparison.compare(sides[0], sides[1], zone=zone).word


def _word(found: comparison.Comparison, truth: float) -> str:
    if found.word == "unclear":
        return "open"
    return "right" if found.word == ("faster" if truth < 1 else "slower") else "wrong"


def _timings(run: Run) -> tuple[Observation, ...]:
    return tuple(each for each in run.observations if each.metric == "latency" and each.rounds)


def _pairs(run: Run, known: Mapping[tuple[object, ...], float]) -> Iterator[tuple[comparison.Comparison, float]]:
    groups: dict[str, list[Observation]] = {}
    for each in _timings(run):
        if place(each) in known:
            groups.setdefault(group_of(each), []).append(each)
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
