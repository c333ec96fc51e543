"""An experiment: it counts."""

from __future__ import annotations

from probes.figures import Figures


def measure() -> Figures:
    return Figures("fingers", {"fingers": [10.0, 10.0]}, {"hands": 2})
