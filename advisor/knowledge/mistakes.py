"""What every part of the catalog is checked for: ids that occur twice, names of nothing, days in the wrong order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from advisor.documents import Document
from advisor.errors import Loc, Problem, did_you_mean

ORDERS = (
    ("valid_from", "valid_to"),
    ("earliest", "latest"),
    ("valid_from", "checked_on"),
    ("valid_to", "checked_on"),
    ("latest", "checked_on"),
)
"""Days of a fact of which the second may not lie before the first."""


def duplicates(key: str, ids: Sequence[str], held: Collection[str] = ()) -> list[Problem]:
    """Return a problem for every id under `key` that occurs before it, or that another file `held` already."""
    seen = set(held)
    problems = []
    for index, name in enumerate(ids):
        if name in seen:
            problems.append(Problem((key, index, "id"), f"duplicate id '{name}'"))
        seen.add(name)
    return problems


def unknown(place: Loc, what: str, name: str, known: Collection[str]) -> list[Problem]:
    """Return a problem at `place` unless `name` is known, with the nearest name that is."""
    return [] if name in known else [Problem(place, f"unknown {what} '{name}'{did_you_mean(name, known)}")]


def all_unknown(place: Loc, what: str, names: Sequence[str], known: Collection[str]) -> list[Problem]:
    """Return a problem for every one of the `names` listed at `place` that is not known."""
    return [each for number, name in enumerate(names) for each in unknown((*place, number), what, name, known)]


def reversed_days(place: Loc, fact: Any, orders: Iterable[tuple[str, str]] = ORDERS) -> list[Problem]:
    """Return a problem for every pair of days of `fact` that stands in the wrong order."""
    problems = []
    for earlier, later in orders:
        first: date | None = getattr(fact, earlier)
        second: date | None = getattr(fact, later)
        if first is not None and second is not None and second < first:
            problems.append(Problem((*place, later), f"'{later}' ({second}) lies before '{earlier}' ({first})"))
    return problems


def refuse(document: Document[Any], problems: Sequence[Problem]) -> None:
    """Raise AdvisorError with all the problems at their places in the document, if there are any."""
    if problems:
        raise document.error(problems)
