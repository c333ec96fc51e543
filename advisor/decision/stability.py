"""What would change the answer: weight stability intervals and flip points, both in closed form.

Everything here is about the point values (the middle of the bounds where nobody knows a figure), one thing changed at a
time and all else unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum

from advisor.decision.recommendation import Stability
from advisor.decision.score import Worth
from advisor.profiles.profile import Wish

ROUNDING = 1e-9
"""Differences in worth below this are rounding."""


def stability(
    wishes: Sequence[Wish], worths: Mapping[tuple[str, str], Worth], stacks: Sequence[str]
) -> list[Stability]:
    """Return for each criterion the interval of its weight in which the first of `stacks` stays first.

    The other weights keep their proportions. V_i(w) = w·v_i + (1 − w)·R_i is linear in the weight w (R_i: the value
    over the other criteria), so every rival gives one linear inequality and the interval is closed.
    """
    intervals = []
    for wish in wishes:
        column = wish.criterion.id
        low, high = 0.0, 1.0
        for rival in stacks[1:]:
            own = worths[stacks[0], column].middle - worths[rival, column].middle
            rest = _rest(wishes, worths, stacks[0], column) - _rest(wishes, worths, rival, column)
            # First while w·own + (1 − w)·rest ≥ 0.
            if abs(own - rest) <= ROUNDING:
                continue
            crossing = -rest / (own - rest)
            if own > rest:
                low = max(low, crossing)
            else:
                high = min(high, crossing)
        low, high = min(low, wish.weight), max(high, wish.weight)
        intervals.append(Stability(criterion=column, weight=wish.weight, low=max(low, 0.0), high=min(high, 1.0)))
    return intervals


def _rest(wishes: Sequence[Wish], worths: Mapping[tuple[str, str], Worth], stack: str, column: str) -> float:
    """Return the value of `stack` over the other criteria, their weights scaled up to 1."""
    others = [wish for wish in wishes if wish.criterion.id != column]
    weight = fsum(wish.weight for wish in others)
    return fsum(wish.weight * worths[stack, wish.criterion.id].middle for wish in others) / weight if others else 0.0
