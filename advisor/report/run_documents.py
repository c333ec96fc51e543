"""What follows from a Run alone, whatever is asked of it: worked out once for as long as the Run stays the same."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from advisor.documents import Model
from advisor.measurement.run import PINNED_LATENCY, Observation, Run
from advisor.measurement.timing import Round
from advisor.report import publications, words
from advisor.report.figures import Source


class Count(Model):
    """Blocks that were timed, and those of them that were disturbed."""

    timed: int
    disturbed: int


class Blocks(Model):
    """The blocks of a Run: all, by probe, by place of the observation in the Run; ``reasons`` without their figures.

    A block that was disturbed in two ways is counted under both reasons.
    """

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
    met = (each.disturbances for timing in watched for each in timing.rounds if not each.accepted)
    reasons = Counter(words.DISTURBANCES[each.signal] for found in met for each in found)
    return Blocks(
        run=run.id,
        all=_count(block for each in watched for block in each.rounds),
        probes={probe: _count(block for each in found for block in each.rounds) for probe, found in probes.items()},
        observations={index: _count(each.rounds) for index, each in timed.items()},
        reasons=dict(reasons.most_common()),
    )


def _count(rounds: Iterable[Round]) -> Count:
    accepted = Counter(block.accepted for block in rounds)
    return Count(timed=accepted.total(), disturbed=accepted[False])


Entries = Mapping[str, list[dict[str, Any]]]
"""Entries of the navigation, by what they are about."""


class Measured:
    """The documents that a Run alone makes, each as a source of figures, and the pages that an earlier build wrote."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.source = Source("run", run)
        self.pages: dict[str, str] = {}
        self.pieces: dict[str, dict[tuple[str, str], str]] = {}
        self.files: dict[str, dict[str, str]] = {}
        self.entries: Entries = {}
        self._pages_of: object = None

    @cached_property
    def matrix(self) -> Source:
        """The capability matrix, `advisor.report.publications.Matrix`."""
        return Source("capabilities", publications.matrix(self.run))

    @cached_property
    def blocks(self) -> Source:
        """What became of the timed blocks, `advisor.report.run_documents.Blocks`."""
        return Source("blocks", blocks(self.run))

    @cached_property
    def ledger(self) -> Source:
        """The claims and what became of them on this Run, `advisor.report.publications.Ledger`."""
        return Source("claims", publications.settled(self.run))

    @cached_property
    def survey(self) -> Source:
        """The systems, `advisor.report.publications.Survey`."""
        return Source("systems", publications.surveyed())

    def keep(self, surroundings: object, make: Callable[[], tuple[dict[str, str], Entries]]) -> bool:
        """Have `pages` and `entries` be what `make` returns in these surroundings; return whether it was asked."""
        if self._pages_of == surroundings:
            return False
        self._pages_of = None
        self.pages, self.entries = make()
        self._pages_of = surroundings
        return True


_LAST: dict[str, Measured] = {}


def measured(run: Run) -> Measured:
    """Return what follows from `run`; the last Run is remembered, another that says the same is taken for it."""
    digest = hashlib.sha256(run.model_dump_json(by_alias=True).encode()).hexdigest()
    if digest not in _LAST:
        _LAST.clear()
        _LAST[digest] = Measured(run)
    return _LAST[digest]


def forget() -> None:
    """Let go of what is remembered, as a new process would know nothing."""
    _LAST.clear()
