"""Logarithmic axes with round ticks, in pixels: the layers of a chart know no values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from advisor.report import numbers

_NOT_WIDE = 3.0


def logarithmic(values: Sequence[float], most: int) -> tuple[float, float, list[float]]:
    """Return a logarithmic domain around `values`, and at most `most` round ticks in it."""
    low, high = min(values) / 1.08, max(values) * 1.08
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    if even := _even(low, high, most):
        return low, high, even
    fine = [float(f"{step}e{decade - 1}") for decade in decades for step in range(10, 100)]
    for steps in (
        range(10, 100),
        range(10, 100, 2),
        range(10, 100, 5),
        (10, 15, 20, 30, 50, 70),
        (10, 20, 50),
        (10, 30),
        (10,),
    ):
        ticks = [tick for tick in fine if low <= tick <= high and _lead(tick) in steps]
        if len(ticks) <= most:
            return low, high, ticks or [float(f"{math.sqrt(low * high):.2g}")]
    return low, high, ticks[:: math.ceil(len(ticks) / most)]


def _even(low: float, high: float, most: int) -> list[float]:
    """Return ticks at even steps for a domain that is not wide, where leading digits would leave one end bare."""
    if high / low > _NOT_WIDE:
        return []
    size = 10.0 ** (math.floor(math.log10(high - low)) - 1)
    for step in (1, 2, 5, 10, 20, 50):
        first, last = math.ceil(low / size / step), math.floor(high / size / step)
        ticks = [float(f"{number * step * size:.9g}") for number in range(first, last + 1)]
        # A label has two digits.
        if 1 < len(ticks) <= most and all(float(f"{tick:.1e}") == tick for tick in ticks):
            return ticks
    return []


def place(low: float, high: float, pixels: float) -> Callable[[float], float]:
    """Return where a value lies on a logarithmic axis of so many pixels."""
    return lambda value: pixels * math.log(value / low) / math.log(high / low)


def marks(ticks: Iterable[float], x: Callable[[float], float], unit: str, bottom: float) -> list[dict[str, Any]]:
    """Return the rows of a horizontal axis: a line from the top to `bottom` and a label under it for each tick."""
    return [{"x": x(tick), "text": numbers.show(tick, unit).text, "top": 0, "bottom": bottom} for tick in ticks]


def _lead(value: float) -> int:
    """Return the first two significant digits."""
    return int(f"{value:.1e}".partition("e")[0].replace(".", ""))
