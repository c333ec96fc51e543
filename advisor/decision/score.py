"""The additive value: weights times partial values, with bounds, and a denominator that never changes.

Weights are normalised once, over the profile. A missing cell keeps its weight and counts as anything from 0 to 1; it is
neither dropped nor filled in, so that removing evidence can only widen the bounds (never raise the lower one).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from advisor.decision.readings import WORTHLESS
from advisor.decision.recommendation import Cell, Contribution
from advisor.profiles.profile import Wish
from advisor.profiles.value import ValueFunction


@dataclass(frozen=True)
class Worth:
    """The partial value of a cell: ``point`` (None when nobody knows it) within ``low`` and ``high``, all 0 to 1.

    ``bounded``: it has no point, and yet it was measured, between two bounds.
    """

    point: float | None
    low: float
    high: float
    bounded: bool = False

    @property
    def known(self) -> bool:
        """Whether the figure is known, as a point or between two bounds."""
        return self.point is not None or self.bounded

    @property
    def middle(self) -> float:
        """Return the point, or the middle of the bounds: the mean of what an unknown worth can be."""
        return (self.low + self.high) / 2 if self.point is None else self.point


def worth(cell: Cell, value: ValueFunction) -> Worth:
    """Return the partial value of `cell` under the value function `value`."""
    if cell.outcome in WORTHLESS and cell.value is None:
        return Worth(0.0, 0.0, 0.0)
    if cell.provenance == "missing":
        return Worth(None, 0.0, 1.0)
    least, most = cell.plausible
    good, bad = (least, most) if value.better == "lower" else (most, least)
    low = 0.0 if bad is None else value(bad)
    high = 1.0 if good is None else value(good)
    if cell.value is None:
        return Worth(
            None, low, high, bounded=cell.grade is not None or (cell.low is not None and cell.high is not None)
        )
    point = value(cell.value)
    return Worth(point, min(low, point), max(high, point))


def scored(cell: Cell, of: Worth) -> Cell:
    """Return the cell with its partial value and bounds."""
    return cell.model_copy(update={"score": of.point, "score_low": of.low, "score_high": of.high})


def total(wishes: Sequence[Wish], worths: Mapping[str, Worth]) -> Worth:
    """Return V within V− and V+: the weighted sum of the partial values of one stack (by criterion id)."""

    def weighted(part: str) -> float:
        # Everywhere in the engine `fsum`: how `sum` rounds depends on the version of Python, and an answer must not.
        return min(
            1.0, max(0.0, fsum(wish.weight * float(getattr(worths[wish.criterion.id], part)) for wish in wishes))
        )

    return Worth(weighted("middle"), weighted("low"), weighted("high"))


def contributions(wishes: Sequence[Wish], worths: Mapping[str, Worth], cells: Mapping[str, Cell]) -> list[Contribution]:
    """Return what each criterion adds to one stack's value, in the profile's order."""
    return [
        Contribution(
            criterion=wish.criterion.id,
            weight=wish.weight,
            value=worths[wish.criterion.id].point,
            low=worths[wish.criterion.id].low,
            high=worths[wish.criterion.id].high,
            provenance=cells[wish.criterion.id].provenance,
            evidence=cells[wish.criterion.id].evidence,
        )
        for wish in wishes
    ]


def known_share(wishes: Sequence[Wish], worths: Mapping[str, Worth]) -> float:
    """Return the share of the weight whose partial value is known, as a point or between two bounds."""
    return fsum(wish.weight for wish in wishes if worths[wish.criterion.id].known)
