"""Evidence in words: numbers with units and sensible digits, levels, bounds and outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor import rounding

if TYPE_CHECKING:
    from advisor.decision.recommendation import Cell

ABOUT = "≈"


def amount(
    value: float, unit: str, low: float | None = None, high: float | None = None, *, percent: bool = False
) -> str:
    """Return a quantity as text, with the digits that its bounds justify: ``27.4 kB``, ``0.3 %``, ``260 days``."""
    return rounding.show(value, unit, low, high, share=percent).text.replace(rounding.NARROW, " ")


def in_percent(part: float) -> str:
    """Return a share of worlds as text: ``82 %``, ``over 99 %``."""
    return rounding.percent(part).replace(rounding.NARROW, " ")


def figure(cell: Cell, *, percent: bool = False) -> str:
    """Return what a cell says: its value, its level, its bound, or the outcome that took their place.

    What was measured under load stands behind ``≈``.
    """
    return f"{ABOUT} {_figure(cell, percent=percent)}" if cell.grade else _figure(cell, percent=percent)


def _figure(cell: Cell, *, percent: bool) -> str:
    if cell.level is not None:
        return cell.level
    if cell.value is not None:
        return amount(cell.value, cell.unit, cell.low, cell.high, percent=percent)
    if cell.low is not None and cell.high is not None:
        return f"{amount(cell.low, cell.unit, percent=percent)} to {amount(cell.high, cell.unit, percent=percent)}"
    if cell.low is not None:
        return f"at least {amount(cell.low, cell.unit, percent=percent)}"
    if cell.high is not None:
        return f"at most {amount(cell.high, cell.unit, percent=percent)}"
    return cell.outcome.replace("_", " ")


def listed(names: Sequence[str], word: str = "and") -> str:
    """Return ``A``, ``A and B`` or ``A, B, and C``."""
    if len(names) < 3:
        return f" {word} ".join(names)
    return f"{', '.join(names[:-1])}, {word} {names[-1]}"


def origin(cell: Cell) -> str:
    """Return where a cell comes from: ``measured here``, ``documented, 2026-03``, or why it is missing."""
    if cell.source is not None and cell.date:
        return f"{cell.provenance}, {cell.date[:7]}"
    return cell.provenance
