"""What became of the timed blocks of a Run: how many count, how many were disturbed, and what was seen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from advisor.documents import Model
from advisor.measurement.run import PINNED_LATENCY, Observation, Round, Run
from advisor.report import words

_FIGURE = re.compile(r"\d[\d.,]*\s*(?:%|[nµm]?s\b)?")


class Count(Model):
    """Blocks that were timed, and those of them that were disturbed and do not count."""

    timed: int
    rejected: int


class Blocks(Model):
    """The blocks of a Run: all, by probe, by place of the observation in the Run; ``reasons`` without their figures."""

    schema_: Literal["advisor.blocks/1"] = Field(default="advisor.blocks/1", alias="schema")
    run: str
    all: Count
    probes: dict[str, Count]
    observations: dict[str, Count]
    reasons: dict[str, int]


def blocks(run: Run) -> Blocks:
    """Return what became of every timed block of `run`.

    All, and those of a probe, are the ones that were watched: on one pinned thread, none is.
    """
    timed = {str(index): each for index, each in enumerate(run.observations) if each.rounds}
    watched = [each for each in timed.values() if each.metric != PINNED_LATENCY]
    probes: dict[str, list[Observation]] = {}
    for each in watched:
        probes.setdefault(each.probe, []).append(each)
    reasons = Counter(_reason(block.rejected) for each in watched for block in each.rounds if not block.accepted)
    return Blocks(
        run=run.id,
        all=_count(block for each in watched for block in each.rounds),
        probes={probe: _count(block for each in found for block in each.rounds) for probe, found in probes.items()},
        observations={index: _count(each.rounds) for index, each in timed.items()},
        reasons=dict(reasons.most_common()),
    )


def _count(rounds: Iterable[Round]) -> Count:
    accepted = Counter(block.accepted for block in rounds)
    return Count(timed=accepted.total(), rejected=accepted[False])


def _reason(text: str | None) -> str:
    """Return why a block was rejected, without the figures that differ from block to block."""
    said, _, rest = (text or "not said").partition(": ")
    if rest and not _FIGURE.search(rest):
        said = f"{said}: {rest}"
    kind, _, usual = said.partition(", ")
    if _FIGURE.match(kind) and _FIGURE.match(usual):
        # "1.21 effective threads, 1.57 as a rule"
        return words.line(f"fewer {_FIGURE.sub('', kind, count=1)} than {_FIGURE.sub('', usual, count=1)}")
    return words.line(_FIGURE.sub("too much", said))
