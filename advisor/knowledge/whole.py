"""Everything that is documented, in one Catalog: every ``facts*.yaml``, every source, the articles, the statuses.

The engine and the ledger load their own parts; this is for whoever needs all of it: a day of the past, the report's
reference list, the check. What spans several files is checked here: one id in two of them, two facts that contradict
each other at one time.
"""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path

from advisor.documents import Model, read_yaml
from advisor.knowledge import mistakes
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
        facts = document.value.facts
        problems = mistakes.of_facts(facts, sources, found)
        mistakes.refuse(document, problems + mistakes.contradictions(facts, starts))
        found |= {fact.id: fact for fact in facts}
    statuses = (fact for system in load_systems(folder).systems if (fact := system.fact()) is not None)
    return Catalog(sources=tuple(sources.values()), facts=(*found.values(), *statuses))
