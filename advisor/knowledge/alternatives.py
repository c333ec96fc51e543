"""Alternatives that are documented and not measured here: what each runs on, takes and costs, and who says so.

``alternatives.yaml`` holds them. They take part in a ranking as *open*: on what is documented they are compared, and
everywhere else they could be anything.
"""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from advisor.documents import Model, read_yaml
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import HERE, Name, Source, Text, load_sources

Ships = Literal["edge", "server", "training"]


class Alternative(Model):
    """A runtime, a server or a framework that was not measured here.

    Attributes
    ----------
    frameworks : tuple of str
        Whose models it takes; empty for a framework.
    where : tuple of str
        The targets that it is for; empty: any that it is documented to reach.
    models : str, optional
        The only kind of model that it is for.
    measured_as : tuple of str
        Frameworks that are this one where a Run has them, as Keras is on each of its backends.
    color : str, optional
        The hue of a framework, as those have that are measured.
    levels : mapping
        What is documented, by the key of the facts that criteria read.
    also : tuple of str
        Further sources of what is said.
    """

    id: Name
    title: Text
    frameworks: tuple[Name, ...]
    ships: tuple[Ships, ...] = Field(min_length=1)
    where: tuple[Name, ...] = ()
    models: Literal["language"] | None = None
    color: str | None = None
    measured_as: tuple[Name, ...] = ()
    takes: Text
    runs_on: Text
    languages: tuple[Text, ...] = Field(min_length=1)
    licence: Text
    levels: dict[Name, Text] = Field(default_factory=dict)
    sizes: Text | None = None
    source: Name
    also: tuple[Name, ...] = ()
    checked_on: date

    def told(self) -> str:
        """Return what is known of it, as one sentence without a full stop."""
        upkeep = self.levels.get("maintenance")
        parts = [f"takes {self.takes}", f"runs on: {self.runs_on}", f"licence {self.licence}"]
        parts += [f"upkeep {upkeep}"] if upkeep else []
        return "; ".join([*parts, *([self.sizes.rstrip(".")] if self.sizes else [])])


class _Alternatives(Model):
    alternatives: tuple[Alternative, ...]


def load_alternatives(folder: Path | None = None) -> tuple[Alternative, ...]:
    """Read ``alternatives.yaml`` from `folder` (default: the shipped one), checked against the sources.

    Raises
    ------
    AdvisorError
        Naming every mistake with file:line:column: unknown sources, ids that occur twice.
    """
    return _load(folder or HERE)


@functools.cache
def _load(folder: Path) -> tuple[Alternative, ...]:
    document = read_yaml(folder / "alternatives.yaml", _Alternatives, what="list of alternatives")
    found = document.value.alternatives
    known = {source.id for source in load_sources(folder)}
    problems = mistakes.duplicates("alternatives", [each.id for each in found])
    for index, each in enumerate(found):
        problems += mistakes.unknown(("alternatives", index, "source"), "source", each.source, known)
        for number, also in enumerate(each.also):
            problems += mistakes.unknown(("alternatives", index, "also", number), "source", also, known)
    mistakes.refuse(document, problems)
    return found


def source_of(alternative: Alternative) -> Source:
    """Return the source of an alternative."""
    return next(source for source in load_sources() if source.id == alternative.source)
