"""Everything that is documented, in one Catalog: every ``facts*.yaml``, every source, the articles, the statuses.

The engine and the ledger load their own parts; this is for whoever needs all of it: a day of the past, the report's
reference list, the check. What spans several files is checked here: one id in two of them, two facts that contradict
each other at one time.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from advisor.documents import Document, Loc, Model, Problem, read_yaml
from advisor.errors import did_you_mean
from advisor.knowledge.articles import load_articles
from advisor.knowledge.catalog import Catalog, Fact, Source
from advisor.knowledge.sources import load_sources
from advisor.knowledge.systems import load_systems

_HERE = Path(__file__).resolve().parent


class _Facts(Model):
    facts: tuple[Fact, ...]


def whole_catalog(folder: Path | None = None) -> Catalog:
    """Return every source and every fact of `folder` (default: the shipped one), each once.

    Raises
    ------
    AdvisorError
        Naming every mistake of the first file that has any, with file:line:column.
    """
    return _whole(folder or _HERE)


@functools.cache
def _whole(folder: Path) -> Catalog:
    sources: dict[str, Source] = {source.id: source for source in load_sources(folder)}
    sources |= {article.id: article for article in load_articles(folder)}
    found: dict[str, Fact] = {}
    starts: dict[tuple[str, str, date], str] = {}
    for path in sorted(folder.glob("facts*.yaml"), key=lambda path: path.stem):
        document = read_yaml(path, _Facts, what="list of facts")
        problems = list(_problems(document, sources, found, starts))
        if problems:
            raise document.error(problems)
    statuses = (fact for system in load_systems(folder).systems if (fact := system.fact()) is not None)
    return Catalog(sources=tuple(sources.values()), facts=(*found.values(), *statuses))


def _problems(
    document: Document[_Facts],
    sources: Mapping[str, Source],
    found: dict[str, Fact],
    starts: dict[tuple[str, str, date], str],
) -> Iterator[Problem]:
    for index, fact in enumerate(document.value.facts):
        place: Loc = ("facts", index)
        if fact.id in found:
            yield Problem((*place, "id"), f"duplicate id '{fact.id}'")
        found[fact.id] = fact
        if fact.source not in sources:
            near = did_you_mean(fact.source, sources)
            yield Problem((*place, "source"), f"unknown source '{fact.source}'{near}")
        yield from _reversed(place, fact)
        other = starts.setdefault((fact.subject, fact.key, fact.valid_from), fact.id)
        if other != fact.id:
            message = f"'{fact.id}' and '{other}' say the same thing about '{fact.subject}' from the same day on"
            yield Problem((*place, "valid_from"), message)


def _reversed(place: Loc, fact: Fact) -> Iterator[Problem]:
    for earlier, first, later, second in (
        ("valid_from", fact.valid_from, "valid_to", fact.valid_to),
        ("earliest", fact.earliest, "latest", fact.latest),
        ("valid_from", fact.valid_from, "checked_on", fact.checked_on),
        ("valid_to", fact.valid_to, "checked_on", fact.checked_on),
        ("latest", fact.latest, "checked_on", fact.checked_on),
    ):
        if first is not None and second is not None and second < first:
            yield Problem((*place, later), f"'{later}' ({second}) lies before '{earlier}' ({first})")
