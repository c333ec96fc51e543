"""How old what is documented is: days since somebody last looked, and what is due for another look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from advisor.articles.catalog import whole_catalog
from advisor.articles.systems import Systems, load_systems
from advisor.knowledge.catalog import Catalog
from advisor.knowledge.freshness import STALE, age

Kind = Literal["fact", "system"]


@dataclass(frozen=True)
class Aged:
    """Something documented and its age on one day.

    Attributes
    ----------
    kind, id : str
        A fact or a system, and which.
    statement : str
        What is documented.
    source, url : str
        Who says so, and where to look again (empty where no address is known).
    checked_on : date
        When somebody last looked.
    days : int
        Age on that day.
    """

    kind: Kind
    id: str
    statement: str
    source: str
    url: str
    checked_on: date
    days: int

    @property
    def stale(self) -> bool:
        """Return whether it is older than a year."""
        return self.days > STALE.days


def ages(day: date, *, folder: Path | None = None) -> tuple[Aged, ...]:
    """Return every fact that still holds on `day` and every system, oldest look first.

    What has ended is history, which does not grow stale.
    """
    catalog, systems = whole_catalog(folder), load_systems(folder)
    found = [*_facts(catalog, systems, day), *_systems(catalog, systems, day)]
    return tuple(sorted(found, key=lambda item: (item.checked_on, item.kind, item.id)))


def due(day: date, older_than: timedelta = STALE, *, folder: Path | None = None) -> tuple[Aged, ...]:
    """Return what was last looked at more than `older_than` before `day`, oldest first."""
    return tuple(item for item in ages(day, folder=folder) if item.days > older_than.days)


def _facts(catalog: Catalog, systems: Systems, day: date) -> Iterable[Aged]:
    sources = {source.id: source for source in catalog.sources}
    # A status is its system's; listing both would ask for one look twice.
    statuses = {system.evidence for system in systems.systems}
    for fact in catalog.facts:
        if fact.holds(day) and fact.id not in statuses:
            source = sources[fact.source]
            days = age(fact.checked_on, day)
            yield Aged("fact", fact.id, fact.statement, source.title, source.url or "", fact.checked_on, days)


def _systems(catalog: Catalog, systems: Systems, day: date) -> Iterable[Aged]:
    sources = {source.id: source for source in catalog.sources}
    for system in systems.systems:
        source = sources.get(system.source or "")
        title, url = (source.title, source.url or "") if source else ("", "")
        days = age(system.checked_on, day)
        yield Aged("system", system.id, f"{system.name}: {system.status}", title, url, system.checked_on, days)
