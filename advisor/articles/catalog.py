"""Everything that is documented, in one Catalog: every ``facts*.yaml``, every source, the articles, the statuses.

The engine and the ledger load their own parts; this is for whoever needs all of it: a day of the past, the report's
reference list, the check. What spans several files is checked here: one id in two of them, two facts that contradict
each other at one time.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from datetime import date
from pathlib import Path

from advisor.articles.articles import load_articles
from advisor.articles.folders import HERE, documented
from advisor.articles.systems import load_systems
from advisor.documents import Model, read_yaml
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import Catalog, Fact, Source, contradictions, fact_problems
from advisor.knowledge.sources import load_sources


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
