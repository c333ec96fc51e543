"""What would change the answer, as the pages show it: figures in raw units, levels in their own words."""

from __future__ import annotations

from typing import Any

from advisor.criteria import load_criteria
from advisor.decision.recommendation import Cell, Recommendation
from advisor.report import numbers, words
from advisor.report.figures import Quote
from advisor.report.pages.cells import is_share
from advisor.report.pages.context import Report


def flips(report: Report, told: Recommendation) -> list[dict[str, Any]]:
    """Return what would change the answer: figures in raw units, levels in the words of the Recommendation."""
    source = report.sources[told.profile]
    places = {need.criterion: place for place, need in enumerate(told.needs)}
    cells = {(cell.stack, cell.criterion): cell for cell in told.evidence}
    levels = {(cell.criterion, cell.value): place for place, cell in enumerate(told.evidence) if cell.level}
    rows = []
    for number, flip in enumerate(told.flips):
        cell = cells.get((flip.stack, flip.criterion))
        figures = cell is None or cell.level is None
        share = cell is not None and is_share(told, cell)

        def level(value: float | None, criterion: str = flip.criterion) -> Quote | None:
            place = levels.get((criterion, value))
            if place is None:
                return _end(report, told, criterion, value)
            return source.quote("evidence", place, "level")

        def needed(value: float, unit: str = flip.unit, share: bool = share) -> str:
            return numbers.rough(value, unit, share=share)

        def now(value: float, cell: Cell | None = cell, unit: str = flip.unit, share: bool = share) -> str:
            bounds = (cell.low, cell.high) if cell is not None and cell.value == value else (None, None)
            return numbers.show(value, unit, *bounds, share=share).text

        rows.append(
            {
                "title": source.quote("needs", places[flip.criterion], "title")
                if flip.criterion in places
                else words.name(flip.criterion, told.titles),
                "stack": report.stack(flip.stack),
                "text": source.quote("flips", number, "text"),
                "figures": figures,
                "now": source.figure("flips", number, "now", show=now)
                if flip.now is not None and figures
                else level(flip.now),
                "needed": source.figure("flips", number, "needed", show=needed) if figures else level(flip.needed),
                "up": flip.now is not None and flip.needed > flip.now,
            }
        )
    return rows


def _end(report: Report, told: Recommendation, criterion: str, value: float | None) -> Quote | None:
    """Return a level that no stack has but that the profile names, as its floor or its target."""
    known = load_criteria().get(criterion)
    if known is None or value is None or value not in range(len(known.levels)):
        return None
    level = known.levels[int(value)]
    for place, need in enumerate(told.needs):
        for end in ("floor", "target"):
            if need.criterion == criterion and getattr(need, end) == level:
                return report.sources[told.profile].quote("needs", place, f"{end}_text")
    return None
