"""Time per call against the size of the file that ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.front import Figure, front
from advisor.report.charts.picture import Picture

if TYPE_CHECKING:
    import pandas as pd


def routes(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw a frame with ``name``, ``owner`` and ``framework``, ``runtime``, ``precision``, ``size`` and ``seconds``."""
    size = Figure("size", lambda width: theme.unit_axis("B", "size of the file (logarithmic)", width))
    time = Figure("seconds", lambda width: theme.unit_axis("s", "time per call (logarithmic)", width, **theme.OVER))
    return front(frame, size, time, finding, what="Time per call against size of the file", height=300)
