"""What became of the timed blocks of a Run, as a document of its own among the downloads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from advisor.documents import Model
from advisor.measurement.run import PINNED_LATENCY, Observation, Run
from advisor.measurement.timing import Round
from advisor.report import words


class Count(Model):
    """Blocks that were timed, and those of them that were disturbed."""

    timed: int
    disturbed: int


class Graded(Model):
    """Timings of one grade, their blocks, and between which ratios to their figures nine in ten of these lie."""

    timings: int
    blocks: int
    low: float
    high: float


class Blocks(Model):
    """The blocks of a Run: all, by probe, by place of the observation in the Run; ``reasons`` without their figures.

    ``timings`` is how many times per call there are, and ``grades`` is how they are graded.

    A block that was disturbed in two ways is counted under both reasons.
    """

    schema_: Literal["advisor.blocks/1"] = Field(default="advisor.blocks/1", alias="schema")
    run: str
    all: Count
    probes: dict[str, Count]
    observations: dict[str, Count]
    reasons: dict[str, int]
    timings: int
    grades: dict[str, Graded]


def blocks(run: Run) -> Blocks:
    """Return what became of every timed block of `run`.

    All, and those of a probe, are the ones that were watched: on one pinned thread, none is.
    """
    timed = {str(index): each for index, each in enumerate(run.observations) if each.rounds}
    watched = [each for each in timed.values() if each.metric != PINNED_LATENCY]
    probes: dict[str, list[Observation]] = {}
    for each in watched:
        probes.setdefault(each.probe, []).append(each)
    met = (each.disturbances for timing in watched for each in timing.rounds if not each.accepted)
    reasons = Counter(words.DISTURBANCES[each.signal] for found in met for each in found)
    return Blocks(
        run=run.id,
        all=_count(block for each in watched for block in each.rounds),
        probes={probe: _count(block for each in found for block in each.rounds) for probe, found in probes.items()},
        observations={index: _count(each.rounds) for index, each in timed.items()},
        reasons=dict(reasons.most_common()),
        timings=sum(len(found) for found in _by_grade(run).values()),
        grades={grade: _graded(found) for grade, found in _by_grade(run).items()},
    )


def ratios(run: Run) -> dict[str, list[float]]:
    """Return the blocks of all times per call over the figures that stand for them, by grade."""
    return {grade: [ratio for each in found for ratio in each] for grade, found in _by_grade(run).items()}


def _by_grade(run: Run) -> dict[str, list[list[float]]]:
    found: dict[str, list[list[float]]] = {}
    for each in run.observations:
        if each.metric == "latency" and each.rounds and each.summary and each.summary.median > 0:
            of = [block.median / each.summary.median for block in each.rounds]
            found.setdefault(each.grade or "measured", []).append(of)
    return {grade: found[grade] for grade in ("measured", "under load", "bounded") if grade in found}


def _graded(found: Sequence[Sequence[float]]) -> Graded:
    blocks = sorted(ratio for each in found for ratio in each)
    last = len(blocks) - 1
    return Graded(
        timings=len(found), blocks=len(blocks), low=blocks[round(0.05 * last)], high=blocks[round(0.95 * last)]
    )


def _count(rounds: Iterable[Round]) -> Count:
    accepted = Counter(block.accepted for block in rounds)
    return Count(timed=accepted.total(), disturbed=accepted[False])
