"""Criteria and their cells as the pages show them: value, interval, where it comes from, and where that leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from advisor.decision.recommendation import Cell, Need, Ranked, Recommendation
from advisor.knowledge.catalog import is_stale, load_catalog
from advisor.report import numbers, words
from advisor.report.figures import Figure, Interval, Quote
from advisor.report.pages.context import Report, StackName


@dataclass(frozen=True)
class CellView:
    """One cell of the performance table, ready to show."""

    stack: StackName
    value: Interval | Quote | None
    outcome: str
    provenance: str
    month: str | None
    why: Quote | None
    link: str | None
    source: str | None
    stale: bool = False
    checked: str | None = None
    told_by: Quote | None = None
    about: bool = False


@dataclass(frozen=True)
class NeedView:
    """One weighted criterion with its cells, in the order of the ranking."""

    anchor: str
    need: Need
    title: Quote
    weight: Figure
    floor: Quote
    target: Quote
    because: Quote
    cells: tuple[CellView, ...]


def need_views(report: Report, told: Recommendation, stacks: Sequence[Ranked]) -> list[NeedView]:
    """Return the criteria by falling weight, each with its cells."""
    source = report.sources[told.profile]
    cells = {(cell.stack, cell.criterion): place for place, cell in enumerate(told.evidence)}
    order = sorted(range(len(told.needs)), key=lambda place: -told.needs[place].weight)
    return [
        NeedView(
            anchor=f"criterion-{words.slug(told.needs[place].criterion)}",
            need=told.needs[place],
            title=source.quote("needs", place, "title"),
            weight=source.figure("needs", place, "weight", show=numbers.weight),
            floor=source.quote("needs", place, "floor_text"),
            target=source.quote("needs", place, "target_text"),
            because=source.quote("needs", place, "because"),
            cells=tuple(
                cell_view(report, told, cells.get((each.stack, told.needs[place].criterion)), each) for each in stacks
            ),
        )
        for place in order
    ]


def cell_view(report: Report, told: Recommendation, place: int | None, ranked: Ranked) -> CellView:
    """Return one cell of the performance table."""
    stack = report.stack(ranked.stack)
    if place is None:
        return CellView(stack, None, "missing", "missing", None, None, None, None)
    source, cell = report.sources[told.profile], told.evidence[place]
    value: Interval | Quote | None = None
    if cell.level is not None:
        value = source.quote("evidence", place, "level")
    elif cell.value is not None:
        value = source.interval("evidence", place, unit=cell.unit, share=is_share(told, cell))
    elif cell.text and cell.provenance != "missing":
        value = source.quote("evidence", place, "text")
    address = (cell.source or "").startswith(("https://", "http://"))
    checked = _looked_at(cell)
    return CellView(
        stack=stack,
        value=value,
        outcome=cell.outcome,
        provenance=cell.provenance,
        month=cell.date if cell.provenance in ("documented", "measured elsewhere") else None,
        why=source.quote("evidence", place, "message") if cell.message else None,
        link=report.evidence(cell.evidence),
        stale=checked is not None and is_stale(checked, report.run.finished.date()),
        checked=checked.isoformat() if checked else None,
        source=cell.source if address else None,
        # A source without an address is named, so that nothing documented stands without one.
        told_by=source.quote("evidence", place, "source") if cell.source and not address else None,
        # A text says it itself.
        about=cell.grade is not None and cell.value is not None,
    )


def looked(cells: Iterable[CellView]) -> str | None:
    """Return the month in which most documents were looked at (``2026-11``): said once, and in a cell that differs."""
    months = Counter(cell.checked[:7] for cell in cells if cell.checked)
    return max(months, key=lambda month: (months[month], month), default=None)


def _looked_at(cell: Cell) -> date | None:
    """Return the day on which somebody last looked at the source of a documented value; None for any other."""
    if cell.provenance not in ("documented", "measured elsewhere"):
        return None
    return _checked().get(cell.evidence or "")


@cache
def _checked() -> dict[str, date]:
    return {fact.id: fact.checked_on for fact in load_catalog().facts}


def is_share(told: Recommendation, cell: Cell) -> bool:
    """Return whether a cell reads as a percentage: its criterion's floor and target tell."""
    need = next((each for each in told.needs if each.criterion == cell.criterion), None)
    texts = (need.floor_text, need.target_text) if need else ()
    return numbers.is_share(cell.criterion, *texts)
