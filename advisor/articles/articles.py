"""The comparison articles, what each recommended, to whom and when, and which of our profiles asks the same question.

``articles.yaml`` holds the articles, ``verdicts.yaml`` their recommendations. A persona whose question no profile can
ask is *not testable*, and says why. All these documents lie beside these modules, on top of what `advisor.knowledge`
holds.
"""

from __future__ import annotations

import calendar
import datetime
import functools
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from advisor.documents import Model, read_yaml
from advisor.errors import Problem
from advisor.fields import Day
from advisor.knowledge import catalog as knowledge
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import Name, Source, Text

HERE = Path(__file__).resolve().parent


def documented(folder: Path | None = None) -> tuple[Path, ...]:
    """Return the folders that hold all that is documented: the two shipped ones, or `folder` that holds everything."""
    return (knowledge.HERE, HERE) if folder is None or folder == HERE else (folder,)


def base(folder: Path) -> knowledge.Catalog:
    """Return the Catalog that the documents of `folder` build upon."""
    return knowledge.load_catalog(None if folder == HERE else folder)


def first_day(day: str) -> date:
    """Return the first day that `day` may mean.

    >>> first_day("2024-09")
    datetime.date(2024, 9, 1)
    """
    year, month, number = (int(part) for part in f"{day}-01-01"[:10].split("-"))
    return date(year, month, number)


def last_day(day: str) -> date:
    """Return the last day that `day` may mean.

    >>> last_day("2024-09")
    datetime.date(2024, 9, 30)
    """
    parts = [int(part) for part in day.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1])


_TIME = re.compile(r"undated|\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?")


def _time(value: object) -> str:
    """Return a time of whatever precision as text: YAML reads 2023-12-04 as a date and 2021 as a number."""
    text = str(value)
    if not _TIME.fullmatch(text):
        raise ValueError("expected 'undated', or a year, month or day such as 2023, 2023-03 or 2023-03-16")
    return text


AsOf = Annotated[str, BeforeValidator(_time)]


class Article(Source):
    """A document whose claims are settled; what it says is no fact because it says so.

    ``date`` is its date as a reference list prints it (``2023, March 16``, ``n.d.``); ``as_of`` is the time that its
    statements are taken to speak of, ``not_before`` a lower bound where it bears no date, ``retrieved`` the day that
    it was read.
    """

    kind: Literal["article", "search snippet", "log"]
    date: Text
    as_of: AsOf
    not_before: Day | None = None
    retrieved: Day | None = None


class _Articles(Model):
    articles: tuple[Article, ...]


def load_articles(folder: Path | None = None) -> tuple[Article, ...]:
    """Read ``articles.yaml`` from `folder` (default: the shipped one).

    Raises
    ------
    AdvisorError
        Naming every mistake with file:line:column, duplicate ids among them.
    """
    return _load(folder or HERE)


def latest_day(as_of: str) -> datetime.date | None:
    """Return the last day that `as_of` may mean, or None when it is undated.

    >>> latest_day("2022-12")
    datetime.date(2022, 12, 31)
    """
    if as_of == "undated":
        return None
    return last_day(as_of)


@functools.cache
def _load(folder: Path) -> tuple[Article, ...]:
    document = read_yaml(folder / "articles.yaml", _Articles, what="list of articles")
    mistakes.refuse(document, mistakes.duplicates("articles", [article.id for article in document.value.articles]))
    return document.value.articles


class Persona(Model):
    """Which profile asks for a persona, and what its team ``knows``; or why none can."""

    profile: Name | None = None
    knows: Name | None = None
    not_testable: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.profile is None) == (self.not_testable is None):
            raise ValueError("expected either 'profile' or 'not_testable'")
        if self.knows is not None and self.profile is None:
            raise ValueError("'knows' needs a 'profile'")
        return self


class Advice(Model):
    """One recommendation of one article.

    ``recommends`` is what it says; ``accepts`` are the frameworks with which an answer agrees. Where these are both
    PyTorch and TensorFlow the article prefers neither, and a tie agrees too. ``differs`` says why the engine, on the
    documents of that day, does not give this advice.
    """

    id: Name
    source: Name
    as_of: AsOf
    persona: Text
    recommends: Text
    accepts: tuple[Name, ...] = Field(min_length=1)
    because: tuple[Text, ...] = Field(min_length=1)
    conditions: Text | None = None
    differs: Text | None = None

    @property
    def either(self) -> bool:
        """Return whether the article leaves the choice between PyTorch and TensorFlow open."""
        return {"pytorch", "tensorflow"} <= set(self.accepts)


class Verdicts(Model):
    """Every recommendation, and for every persona the profile that asks its question."""

    personas: dict[str, Persona]
    recommendations: tuple[Advice, ...]

    def persona(self, advice: Advice) -> Persona:
        """Return the persona that `advice` is for; `load_verdicts` has made sure that it exists."""
        return self.personas[advice.persona]


def load_verdicts(folder: Path | None = None) -> Verdicts:
    """Read ``verdicts.yaml`` from `folder` (default: the shipped one), checked against the articles.

    Raises
    ------
    AdvisorError
        Naming every mistake with file:line:column: duplicate ids, unknown articles, personas that are nobody's.
    """
    return _load_verdicts(folder or HERE)


@functools.cache
def _load_verdicts(folder: Path) -> Verdicts:
    document = read_yaml(folder / "verdicts.yaml", Verdicts, what="list of recommendations")
    verdicts, articles = document.value, {article.id for article in load_articles(folder)}
    problems = mistakes.duplicates("recommendations", [advice.id for advice in verdicts.recommendations])
    for index, advice in enumerate(verdicts.recommendations):
        here = ("recommendations", index)
        problems += mistakes.unknown((*here, "source"), "article", advice.source, articles)
        problems += mistakes.unknown((*here, "persona"), "persona", advice.persona, verdicts.personas)
    addressed = {advice.persona for advice in verdicts.recommendations}
    problems += [
        Problem(("personas", name, "key"), f"no recommendation is for the persona '{name}'")
        for name in verdicts.personas
        if name not in addressed
    ]
    mistakes.refuse(document, problems)
    return verdicts
