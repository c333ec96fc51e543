"""The runtimes of the past and present: since when each was offered, for which frameworks, and under which name.

``runtimes.yaml`` holds them. What is measured today has its definition beside its probe; this is for days on which
other runtimes existed.
"""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from advisor.articles.articles import HERE, documented
from advisor.documents import Model, read_yaml
from advisor.errors import Problem
from advisor.fields import Day
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import Name, Text, load_sources


class Runtime(Model):
    """A runtime under one of its names.

    Attributes
    ----------
    id : str
        The subject of the facts about it; several entries may share it when it was renamed.
    frameworks : tuple of str
        Those whose models it ran.
    ships : tuple of str
        What it shipped to.
    only_where : str, optional
        It is an alternative only where a profile requires what facts under this key say (a browser is no board).
    valid_from, valid_to : date
        When it was offered under this name.
    """

    id: Name
    title: Text
    frameworks: tuple[Name, ...] = Field(min_length=1)
    ships: tuple[Literal["edge", "server"], ...] = Field(min_length=1)
    only_where: Name | None = None
    valid_from: Day
    valid_to: Day | None = None
    source: Name
    checked_on: Day

    def offered(self, day: date) -> bool:
        """Return whether it was offered under this name on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class _Runtimes(Model):
    runtimes: tuple[Runtime, ...]


def load_runtimes(folder: Path | None = None) -> tuple[Runtime, ...]:
    """Read ``runtimes.yaml`` from `folder` (default: the shipped one), checked against the sources.

    Raises
    ------
    AdvisorError
        Naming every mistake with file:line:column: unknown sources, reversed dates, two names at one time.
    """
    return _load(folder or HERE)


@functools.cache
def _load(folder: Path) -> tuple[Runtime, ...]:
    document = read_yaml(folder / "runtimes.yaml", _Runtimes, what="list of runtimes")
    known = {source.id for source in load_sources(*documented(folder))}
    problems: list[Problem] = []
    before: dict[str, Runtime] = {}
    for index, runtime in enumerate(document.value.runtimes):
        here = ("runtimes", index)
        problems += mistakes.unknown((*here, "source"), "source", runtime.source, known)
        problems += mistakes.reversed_days(here, runtime, (("valid_from", "valid_to"),))
        last = before.get(runtime.id)
        if last is not None and (last.valid_to is None or runtime.valid_from <= last.valid_to):
            problems.append(Problem((*here, "valid_from"), f"'{runtime.id}' is still called '{last.title}' then"))
        before[runtime.id] = runtime
    mistakes.refuse(document, problems)
    return document.value.runtimes
