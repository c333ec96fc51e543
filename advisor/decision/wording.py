"""Evidence in words: numbers with units and sensible digits, levels, bounds and outcomes."""

from __future__ import annotations

from collections.abc import Sequence

from advisor import quantities
from advisor.decision.recommendation import Cell

DAY = 86_400.0


def amount(value: float, unit: str, *, percent: bool = False) -> str:
    """Return a quantity as text: ``27.4 kB``, ``90 µs``, ``0.3 %``, ``259 days``."""
    if percent:
        return f"{quantities.significant(value * 100, 2)} %"
    if unit == "s" and value >= 2 * DAY:
        return f"{value / DAY:.0f} days"
    return quantities.show(value, unit)


def figure(cell: Cell, *, percent: bool = False) -> str:
    """Return what a cell says: its value, its level, its bound, or the outcome that took their place."""
    if cell.level is not None:
        return cell.level
    if cell.value is not None:
        return amount(cell.value, cell.unit, percent=percent)
    if cell.low is not None and cell.high is not None:
        return f"{amount(cell.low, cell.unit, percent=percent)} to {amount(cell.high, cell.unit, percent=percent)}"
    if cell.low is not None:
        return f"at least {amount(cell.low, cell.unit, percent=percent)}"
    if cell.high is not None:
        return f"at most {amount(cell.high, cell.unit, percent=percent)}"
    return cell.outcome.replace("_", " ")


def listed(names: Sequence[str]) -> str:
    """Return ``A``, ``A and B`` or ``A, B and C``."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def origin(cell: Cell) -> str:
    """Return where a cell comes from: ``measured here``, ``documented, 2026-03``, or why it is missing."""
    if cell.source is not None and cell.date:
        return f"{cell.provenance}, {cell.date[:7]}"
    return cell.provenance
