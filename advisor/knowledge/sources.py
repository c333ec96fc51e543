"""Every source that a part of the catalog may cite: the files ``sources*.yaml`` hold each of them once."""

from __future__ import annotations

import functools
from pathlib import Path

from advisor.documents import Model, read_yaml
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import HERE, Source


class _Sources(Model):
    sources: tuple[Source, ...]


def load_sources(*folders: Path) -> tuple[Source, ...]:
    """Read every ``sources*.yaml`` of `folders` (default: the shipped ones of this wing).

    Raises
    ------
    AdvisorError
        Naming every mistake with file:line:column, such as an id that another file has already.
    """
    return _sources(folders or (HERE,))


@functools.cache
def _sources(folders: tuple[Path, ...]) -> tuple[Source, ...]:
    found: dict[str, Source] = {}
    files = (path for folder in folders for path in folder.glob("sources*.yaml"))
    for path in sorted(files, key=lambda path: path.stem):
        document = read_yaml(path, _Sources, what="list of sources")
        sources = document.value.sources
        mistakes.refuse(document, mistakes.duplicates("sources", [source.id for source in sources], found))
        found |= {source.id: source for source in sources}
    return tuple(found.values())
