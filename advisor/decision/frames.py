"""A Recommendation as tables: what each criterion adds to each stack, the ranking, and the worlds behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

from advisor.frames import Column, frame
from advisor.keys import stack_id, stack_title
from advisor.measurement.timing import Grade

if TYPE_CHECKING:
    import pandas as pd

    from advisor.decision.recommendation import Ranked, Recommendation

Rows = Literal["criteria", "ranking", "worlds"]
"""What a row of a Recommendation's frame is: a stack on a criterion, a stack, or a stack on a place."""

KNOWN = {
    "text": Column("text", "what is known, in words with units"),
    "outcome": Column("category", "how it is known, or why not"),
    "value": Column("number", "the figure in the row's unit; for levels the number of the level, from 0"),
    "low": Column("number", "lower end of its 95 % interval, in the row's unit"),
    "high": Column("number", "upper end of its 95 % interval, in the row's unit"),
    "unit": Column("category", "the criterion's base unit; empty for ratios and levels"),
    "level": Column("category", "the level's name, where the criterion has levels"),
    "n": Column("count", "values behind a measurement", unit=""),
    "provenance": Column("category", "where the figure is from"),
    "grade": Column("category", "how good a timing is", order=get_args(Grade)[::-1]),
    "evidence": Column("text", "a JSON pointer into the Run, or the id of a fact"),
    "source": Column("text", "where the document is"),
    "date": Column("text", "since when it is so, or when it was measured"),
    "message": Column("text", "why no more is known, or the fact in words"),
}
_STACK = {
    "profile": Column("category", "the profile that was answered"),
    "run": Column("category", "the id of the Run that it rests on"),
    "stack": Column("category", "the stack's id: a framework, and where something is shipped the route after an arrow"),
    "name": Column("category", "the stack as people write it"),
    "framework": Column("category", "the framework's id"),
    "route": Column("category", "the route's id; missing for a framework alone"),
    "place": Column("count", "place in the ranking, from 1; missing for what fails a constraint", unit=""),
    "answer": Column("yes or no", "whether it is the answer, or one of a tie"),
}
CRITERIA = _STACK | {
    "criterion": Column("category", "the criterion's id"),
    "title": Column("category", "the criterion in words"),
    "group": Column("category", "the group of criteria that it belongs to"),
    "weight": Column("number", "share of the criterion in the profile, 0 to 1", unit=""),
    "score": Column("number", "what the figure is worth, 0 to 1", unit=""),
    "score_low": Column("number", "the least that it may be worth", unit=""),
    "score_high": Column("number", "the most that it may be worth", unit=""),
    "points": Column("number", "weight times score; of what is not known, times the middle of its bounds", unit=""),
} | KNOWN  # fmt: skip
RANKING = _STACK | {
    "value": Column("number", "worth of the stack, 0 to 1", unit=""),
    "low": Column("number", "lower end of its interval", unit=""),
    "high": Column("number", "upper end of its interval", unit=""),
    "first": Column("number", "share of plausible worlds in which it comes first", unit=""),
    "beats_answer": Column("number", "share of worlds in which it is worth more than the first", unit=""),
    "failed": Column("text", "constraints that it fails"),
    "open": Column("text", "constraints of which nobody knows whether it meets them"),
}
WORLDS = _STACK | {
    "rank": Column("count", "a place that it takes in some worlds, from 1", unit=""),
    "share": Column("number", "share of plausible worlds in which it takes that place", unit=""),
}


def recommendation(told: Recommendation, rows: Rows) -> pd.DataFrame:
    """Return a Recommendation as one of its tables.

    Raises
    ------
    ValueError
        When `rows` is none of `Rows`.
    """
    made: Mapping[str, tuple[Callable[[Recommendation], Iterator[dict[str, Any]]], Mapping[str, Column]]] = {
        "criteria": (_criteria, CRITERIA),
        "ranking": (_ranking, RANKING),
        "worlds": (_worlds, WORLDS),
    }
    if rows not in made:
        raise ValueError(f"rows: expected one of {', '.join(map(repr, made))}, not {rows!r}")
    make, columns = made[rows]
    return frame(make(told), columns)


def _stacks(told: Recommendation) -> Iterator[tuple[Ranked, dict[str, Any]]]:
    answers, place = {each.stack for each in told.tied or (told.answer,) if each is not None}, 0
    for each in told.ranking:
        place += each.feasible
        yield each, {
            "profile": told.profile, "run": told.run, "stack": stack_id(each.stack),
            "name": stack_title(each.stack, told.titles), "framework": each.framework, "route": each.route,
            "place": place if each.feasible else None, "answer": each.stack in answers,
        }  # fmt: skip


def _criteria(told: Recommendation) -> Iterator[dict[str, Any]]:
    needs = {need.criterion: need for need in told.needs}
    cells = {(stack_id(cell.stack), cell.criterion): cell for cell in told.evidence}
    for ranked, stack in _stacks(told):
        for each in ranked.contributions:
            need, cell = needs[each.criterion], cells.get((stack["stack"], each.criterion))
            worth = (each.low + each.high) / 2 if each.value is None else each.value
            known = {} if cell is None else {name: getattr(cell, name) for name in KNOWN}
            yield stack | known | {
                "criterion": each.criterion, "title": need.title, "group": need.group, "weight": each.weight,
                "score": each.value, "score_low": each.low, "score_high": each.high, "points": each.weight * worth,
            }  # fmt: skip


def _ranking(told: Recommendation) -> Iterator[dict[str, Any]]:
    for each, stack in _stacks(told):
        yield stack | {
            "value": each.value, "low": each.low, "high": each.high,
            "first": each.rank_acceptability[0] if each.rank_acceptability else None,
            "beats_answer": each.pairwise[0] if each.pairwise else None,
            "failed": "; ".join(check.criterion for check in each.constraints if check.outcome == "fail"),
            "open": "; ".join(check.criterion for check in each.constraints if check.outcome == "unknown"),
        }  # fmt: skip


def _worlds(told: Recommendation) -> Iterator[dict[str, Any]]:
    for each, stack in _stacks(told):
        for rank, share in enumerate(each.rank_acceptability, 1):
            yield stack | {"rank": rank, "share": share}
