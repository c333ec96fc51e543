"""Random performance tables for the benchmarks, in the engine's own types, and the table that a benchmark prints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.decision.table import Table
from tests.decision.tables import Interval, criterion, profile, table, wish

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    """One line of a benchmark: what was asked, what came out, the bar, and whether it holds (None: no bar)."""

    what: str
    found: str
    bar: str
    holds: bool | None

    @property
    def word(self) -> str:
        """Whether it holds, in a word."""
        return "–" if self.holds is None else "yes" if self.holds else "NO"


def binomial_tail(found: int, count: int, share: float) -> float:
    """Return how probable it is that at most so many of `count` are found when each one is with probability `share`."""
    return sum(math.comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(found + 1))


def show(results: Sequence[Result]) -> None:
    """Print the lines as a table."""
    widths = [max(len(getattr(each, field)) for each in results) for field in ("what", "found", "bar")]
    for each in results:
        columns = (text.ljust(width) for text, width in zip((each.what, each.found, each.bar), widths, strict=True))
        print("  ".join(columns), "", each.word)


def scored(values: Floats, weights: Floats, missing: Floats | None = None, half: Floats | None = None) -> Table:
    """Return the engine's table of partial values (stacks × criteria); `half` are half-widths of their intervals."""
    needed = profile([wish(criterion(f"c{j}"), float(weight), 0.0, 1.0) for j, weight in enumerate(weights)])
    rows: dict[str, dict[str, Interval | None]] = {}
    for i, row in enumerate(values.tolist()):
        rows[f"s{i}"] = {
            f"c{j}": None
            if missing is not None and missing[i, j]
            else (value, value - (0 if half is None else half[i, j]), value + (0 if half is None else half[i, j]))
            for j, value in enumerate(row)
        }
    return table(needed, rows)
