"""The Catalog: what is documented, each fact with its source, its dates and how far it can be trusted.

Two YAML files beside this module hold it: ``sources.yaml`` (who said it, where) and ``facts.yaml`` (what, since when);
further files ``sources*.yaml`` hold the sources of other parts. A fact says one thing about one subject (a framework or
a runtime) under one ``key`` that criteria refer to.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from advisor import resources
from advisor.documents import Model, read_yaml
from advisor.errors import Problem
from advisor.fields import Day, Number
from advisor.knowledge import mistakes

STALE = timedelta(days=365)
"""Older than this, a documented value is flagged."""


def age(checked_on: date, day: date) -> int:
    """Return the age in days on `day` of what was checked on `checked_on`; never negative."""
    return max(0, (day - checked_on).days)


def is_stale(checked_on: date, day: date) -> bool:
    """Return whether what was checked on `checked_on` is older than a year on `day`."""
    return age(checked_on, day) > STALE.days


SOURCES, FACTS = "sources.yaml", "facts.yaml"
HERE = Path(__file__).resolve().parent
SCHEMA: Final = "advisor.catalog/1"

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
Text = Annotated[str, Field(min_length=1)]
Confidence = Literal["high", "medium", "low"]


class Source(Model):
    """Who said it and where a reader finds it; ``published`` is the date the source itself bears, if any.

    ``author`` names people as a reference list does (``Paszke, A., … Chintala, S.``); without it the publisher is it.
    """

    id: Name
    title: Text
    publisher: Text
    author: Text | None = None
    url: Annotated[str, Field(pattern=r"^https://\S+$")] | None = None
    published: Day | None = None
    note: str | None = None


class Fact(Model):
    """One documented statement about one subject.

    What it is worth to a criterion is one of: a ``level`` (the name of one of the criterion's levels), a ``value`` in
    the base unit ``unit`` (with ``low`` and ``high`` where the source leaves room), or the day something happened,
    between ``earliest`` and ``latest``, from which an age follows. It holds from ``valid_from`` to ``valid_to``.
    ``measured`` says that the value was measured, on another machine than the asker's.
    """

    id: Name
    subject: Name
    key: Name
    statement: Text
    level: str | None = None
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    unit: Literal["s", "B", "1/s", ""] | None = None
    earliest: Day | None = None
    latest: Day | None = None
    measured: bool = False
    valid_from: Day
    valid_to: Day | None = None
    source: Name
    checked_on: Day
    confidence: Confidence

    @model_validator(mode="after")
    def _one_worth(self) -> Self:
        worths = [self.level is not None, self.value is not None, self.earliest is not None or self.latest is not None]
        if sum(worths) > 1:
            raise ValueError("expected at most one of 'level', 'value' and 'earliest'/'latest'")
        if (self.earliest is None) != (self.latest is None):
            raise ValueError("'earliest' and 'latest' belong together (the same day twice when it is known)")
        if (self.value is None) != (self.unit is None):
            raise ValueError("'value' and 'unit' belong together")
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if (low is None) != (self.value is None) or (high is None) != (self.value is None):
            raise ValueError("'low' and 'high' need a 'value'")
        if self.value is not None and low is not None and high is not None and not low <= self.value <= high:
            raise ValueError("expected low ≤ value ≤ high")
        return self

    def holds(self, day: date) -> bool:
        """Return whether the fact held on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Catalog(Model):
    """Every source and every fact; the only document that leaves the knowledge wing."""

    schema_: Literal["advisor.catalog/1"] = Field(default=SCHEMA, alias="schema")
    sources: tuple[Source, ...] = ()
    facts: tuple[Fact, ...] = ()

    def fact(self, subject: str, key: str, day: date) -> Fact | None:
        """Return the newest fact about `subject` under `key` that held on `day`, or None."""
        held = [fact for fact in self.facts if (fact.subject, fact.key) == (subject, key) and fact.holds(day)]
        return max(held, key=lambda fact: (fact.valid_from, fact.id), default=None)

    def source(self, name: str) -> Source:
        """Return the source with this id; `load_catalog` has made sure that every fact's source exists."""
        return next(source for source in self.sources if source.id == name)


class _Sources(Model):
    sources: tuple[Source, ...]


class _Facts(Model):
    facts: tuple[Fact, ...]


def load_catalog(folder: Path | None = None) -> Catalog:
    """Read ``sources.yaml`` and ``facts.yaml`` from `folder`.

    Default are the shipped ones, and those of the folders that are in use (`advisor.resources.using`): their facts may
    rest on shipped sources.

    Raises
    ------
    AdvisorError
        Naming every mistake with file:line:column: unknown keys, duplicate ids, facts whose source does not exist,
        dates in the wrong order, two facts that contradict each other at one time.
    """
    return _load((folder,)) if folder is not None else _shipped(resources.folders())


@functools.cache
def _shipped(further: tuple[Path, ...]) -> Catalog:
    return _load((HERE, *(folder for folder in further if (folder / FACTS).is_file())))


def _load(folders: tuple[Path, ...]) -> Catalog:
    sources: dict[str, Source] = {}
    facts: list[Fact] = []
    starts: dict[tuple[str, str, date], str] = {}
    for folder in folders:
        if folder == folders[0] or (folder / SOURCES).is_file():
            found = read_yaml(folder / SOURCES, _Sources, what="list of sources")
            mistakes.refuse(found, mistakes.duplicates("sources", [each.id for each in found.value.sources], sources))
            sources |= {source.id: source for source in found.value.sources}
        stated = read_yaml(folder / FACTS, _Facts, what="list of facts")
        problems = fact_problems(stated.value.facts, sources, [fact.id for fact in facts])
        mistakes.refuse(stated, problems + contradictions(stated.value.facts, starts))
        facts += stated.value.facts
    return Catalog(sources=tuple(sources.values()), facts=tuple(facts))


def fact_problems(facts: Sequence[Fact], sources: Collection[str], held: Collection[str] = ()) -> list[Problem]:
    """Return what is wrong with a list of facts: ids that occur twice, unknown sources, days in the wrong order."""
    problems = mistakes.duplicates("facts", [fact.id for fact in facts], held)
    for index, fact in enumerate(facts):
        problems += mistakes.unknown(("facts", index, "source"), "source", fact.source, sources)
        problems += mistakes.reversed_days(("facts", index), fact)
    return problems


def contradictions(facts: Sequence[Fact], starts: dict[tuple[str, str, date], str]) -> list[Problem]:
    """Return facts that start on one day about one thing: which of the two holds would be chance.

    ``starts`` holds, by subject, key and day, the facts of other files; those of this one are added to it.
    """
    problems = []
    for index, fact in enumerate(facts):
        other = starts.setdefault((fact.subject, fact.key, fact.valid_from), fact.id)
        if other != fact.id:
            message = f"'{fact.id}' and '{other}' say the same thing about '{fact.subject}' from the same day on"
            problems.append(Problem(("facts", index, "valid_from"), message))
    return problems


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
