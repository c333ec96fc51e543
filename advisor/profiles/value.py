"""Partial value functions: from a physical quantity to a worth between 0 (the floor) and 1 (the target).

Piecewise linear, monotone and invertible between the anchors, which the profile states in physical units. Times, sizes
and rates are taken on a logarithmic axis, because there a factor is what people feel: from 50 ms to 25 ms is worth as
much as from 25 ms to 12.5 ms. Ratios and levels are taken as they are; levels are equally spaced. The alternatives
never enter, so that no alternative can change another one's worth (no min–max).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

LOGARITHMIC = frozenset({"s", "B", "1/s"})
SMALLEST = 1e-15
"""What a quantity of zero (or below) counts as on a logarithmic axis."""


@dataclass(frozen=True)
class ValueFunction:
    """Worth of a quantity: 0 at `floor` or worse, 1 at `target` or better.

    Parameters
    ----------
    floor, target : float
        The anchors in the base unit (for level criteria: indices of levels); they differ, and are positive on a
        logarithmic axis.
    unit : str
        ``s``, ``B``, ``1/s`` (logarithmic axis) or ``""`` (linear axis).
    """

    floor: float
    target: float
    unit: str

    def position(self, quantity: float) -> float:
        """Return where `quantity` lies on the line from the floor (0) to the target (1), without limits."""
        floor, target = self._axis(self.floor), self._axis(self.target)
        return (self._axis(quantity) - floor) / (target - floor)

    def __call__(self, quantity: float) -> float:
        """Return the worth of `quantity`, between 0 and 1."""
        return min(1.0, max(0.0, self.position(quantity)))

    def inverse(self, worth: float) -> float:
        """Return the quantity that has this worth (0 ≤ `worth` ≤ 1): ``value(value.inverse(w)) == w``."""
        floor, target = self._axis(self.floor), self._axis(self.target)
        position = floor + worth * (target - floor)
        return math.exp(position) if self.unit in LOGARITHMIC else position

    @property
    def length(self) -> float:
        """Return how far apart floor and target are on the axis (on a logarithmic one: the log of their ratio)."""
        return abs(self._axis(self.target) - self._axis(self.floor))

    @property
    def better(self) -> str:
        """Return which way is better: ``lower`` or ``higher``."""
        return "higher" if self.target > self.floor else "lower"

    def _axis(self, quantity: float) -> float:
        return math.log(max(quantity, SMALLEST)) if self.unit in LOGARITHMIC else quantity
