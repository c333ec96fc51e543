"""Every source that a part of the catalog may cite: the files ``sources*.yaml`` hold each of them once."""

from __future__ import annotations

import functools
from pathlib import Path

from advisor.documents import Model, read_yaml
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import Source

_HERE = Path(__file__).resolve().parent


class _Sources(Model):
    sources: tuple[Source, ...]


def load_sources(folder: Path | None = None) -> tuple[Source, ...]:
    """Read every ``sources*.yaml`` of `folder` (default: the shipped ones).

    Raises
    ------
    AdvisorError
        Naming every mistake with file:line:column, such as an id that another file has already.
    """
    return _sources(folder or _HERE)


@functools.cache
def _sources(folder: Path) -> tuple[Source, ...]:
    found: dict[str, Source] = {}
    for path in sorted(folder.glob("sources*.yaml"), key=lambda path: path.stem):
        document = read_yaml(path, _Sources, what="list of sources")
        sources = document.value.sources
        mistakes.refuse(document, mistakes.duplicates("sources", [source.id for source in sources], found))
        found |= {source.id: source for source in sources}
    return tuple(found.values())
