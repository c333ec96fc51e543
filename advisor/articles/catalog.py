"""Everything that is documented, in one Catalog: every ``facts*.yaml``, every source, the articles, the statuses.

The engine and the ledger load their own parts; this is for whoever needs all of it: a day of the past, the report's
reference list, the check, and what is due for another look. What spans several files is checked here: one id in two of
them, two facts that contradict each other at one time.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from advisor.articles.articles import HERE, documented, load_articles
from advisor.articles.systems import Systems, load_systems
from advisor.documents import Model, read_yaml
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import STALE, Catalog, Fact, Source, age, contradictions, fact_problems, load_sources


class _Facts(Model):
    facts: tuple[Fact, ...]


def whole_catalog(folder: Path | None = None) -> Catalog:
    """Return every source and every fact of `folder` (default: the shipped ones), each once.

    Raises
    ------
    AdvisorError
        Naming every mistake of the first file that has any, with file:line:column.
    """
    return _whole(folder or HERE)


# 49 calls of 131 ms in a site with the articles: saves 6 s.
@functools.cache
def _whole(folder: Path) -> Catalog:
    sources: dict[str, Source] = {source.id: source for source in load_sources(*documented(folder))}
    sources |= {article.id: article for article in load_articles(folder)}
    facts = _facts(documented(folder), sources)
    statuses = (fact for system in load_systems(folder).systems if (fact := system.fact()) is not None)
    return Catalog(sources=tuple(sources.values()), facts=(*facts, *statuses))


def _facts(folders: Collection[Path], sources: Collection[str]) -> tuple[Fact, ...]:
    """Return the facts of every ``facts*.yaml`` of `folders`, each once; `sources` are the ids that they may cite."""
    found: dict[str, Fact] = {}
    starts: dict[tuple[str, str, date], str] = {}
    files = (path for folder in folders for path in folder.glob("facts*.yaml"))
    for path in sorted(files, key=lambda path: path.stem):
        document = read_yaml(path, _Facts, what="list of facts")
        facts = document.value.facts
        problems = fact_problems(facts, sources, found)
        mistakes.refuse(document, problems + contradictions(facts, starts))
        found |= {fact.id: fact for fact in facts}
    return tuple(found.values())


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
    found = [*_aged_facts(catalog, systems, day), *_aged_systems(catalog, systems, day)]
    return tuple(sorted(found, key=lambda item: (item.checked_on, item.kind, item.id)))


def due(day: date, older_than: timedelta = STALE, *, folder: Path | None = None) -> tuple[Aged, ...]:
    """Return what was last looked at more than `older_than` before `day`, oldest first."""
    return tuple(item for item in ages(day, folder=folder) if item.days > older_than.days)


def _aged_facts(catalog: Catalog, systems: Systems, day: date) -> Iterable[Aged]:
    sources = {source.id: source for source in catalog.sources}
    # A status is its system's; listing both would ask for one look twice.
    statuses = {system.evidence for system in systems.systems}
    for fact in catalog.facts:
        if fact.holds(day) and fact.id not in statuses:
            source = sources[fact.source]
            days = age(fact.checked_on, day)
            yield Aged("fact", fact.id, fact.statement, source.title, source.url or "", fact.checked_on, days)


def _aged_systems(catalog: Catalog, systems: Systems, day: date) -> Iterable[Aged]:
    sources = {source.id: source for source in catalog.sources}
    for system in systems.systems:
        source = sources.get(system.source or "")
        title, url = (source.title, source.url or "") if source else ("", "")
        days = age(system.checked_on, day)
        yield Aged("system", system.id, f"{system.name}: {system.status}", title, url, system.checked_on, days)
