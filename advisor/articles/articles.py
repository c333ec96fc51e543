"""The comparison articles whose claims and recommendations are settled; ``articles.yaml`` holds them."""

from __future__ import annotations

import datetime
import functools
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator

from advisor.articles import days
from advisor.articles.folders import HERE
from advisor.documents import Model, read_yaml
from advisor.fields import Day
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import Source, Text

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


def last_day(as_of: str) -> datetime.date | None:
    """Return the last day that `as_of` may mean, or None when it is undated.

    >>> last_day("2022-12")
    datetime.date(2022, 12, 31)
    """
    if as_of == "undated":
        return None
    return days.last_day(as_of)


@functools.cache
def _load(folder: Path) -> tuple[Article, ...]:
    document = read_yaml(folder / "articles.yaml", _Articles, what="list of articles")
    mistakes.refuse(document, mistakes.duplicates("articles", [article.id for article in document.value.articles]))
    return document.value.articles
