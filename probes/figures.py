"""What an experiment hands back: figures of its own, where there are no blocks to time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figures:
    """The result of an experiment.

    Attributes
    ----------
    how : str
        What was done, in words.
    values : mapping of str to sequence of float
        For every metric its values, one for each repetition, in base units.
    details : mapping
        What stands behind them.
    """

    how: str
    values: Mapping[str, Sequence[float]]
    details: Mapping[str, Any] = field(default_factory=dict)
