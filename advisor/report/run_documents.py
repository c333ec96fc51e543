"""What follows from a Run alone, whatever is asked of it: worked out once for as long as the Run stays the same.

A site that is served is built anew when a profile or a template changes, in one process. What rests on the Run alone
(the outcomes, the verdicts on claims, the systems, and the pages of them) is then taken from the build before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from advisor.measurement.run import Run
from advisor.report import blocks, publications
from advisor.report.figures import Source

Entries = Mapping[str, list[dict[str, Any]]]
"""Entries of the navigation, by what they are about."""


class Measured:
    """The documents that a Run alone makes, each as a source of figures, and the pages that an earlier build wrote."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.source = Source("run", run)
        self.pages: dict[str, str] = {}
        self.entries: Entries = {}
        self._pages_of: object = None

    @cached_property
    def matrix(self) -> Source:
        """The capability matrix, `advisor.report.publications.Matrix`."""
        return Source("capabilities", publications.matrix(self.run))

    @cached_property
    def blocks(self) -> Source:
        """What became of the timed blocks, `advisor.report.blocks.Blocks`."""
        return Source("blocks", blocks.blocks(self.run))

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
