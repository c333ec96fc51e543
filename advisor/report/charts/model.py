"""The artifacts of one model: time against how far their answers are from the model's own, and their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.front import Figure, front
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    import pandas as pd

_STEP = 46


def distance(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw a frame with ``name``, ``owner``, ``framework``, ``runtime``, ``precision``, ``seconds`` and ``distance``.

    ``distance`` is the rms of an artifact's answers from the model's, as a share of theirs.
    """
    time = Figure("seconds", lambda width: theme.unit_axis("s", "time per call (logarithmic)", width))
    title = "distance of the answers from the model’s (rms, logarithmic)"
    off = Figure("distance", lambda _: alt.Axis(title=title, format=".1~e", tickCount=5, **theme.OVER))
    return front(frame, time, off, finding, what="Time per call against the distance of the answers", height=280)


def bytes_of(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw a frame with ``name`` (with its precision), ``framework`` and ``bytes``: a bar each, the smallest first."""
    ordered = frame.sort_values("bytes", kind="stable")
    names = list(ordered["name"])
    label = f"Bytes of the file: {', '.join(names)}, from the smallest. The table below has the values."

    def make(width: int) -> alt.TopLevelMixin:
        axis = theme.unit_axis("B", "bytes of the file", width)
        bars: alt.Chart = (
            alt.Chart(ordered)
            .mark_bar(cornerRadiusEnd=2)
            .encode(
                x=alt.X("bytes:Q", axis=axis),
                y=theme.over("name", width, _STEP, names),
                color=alt.Color("framework:N", scale=theme.colors(frame), legend=None),
                tooltip=["name", "bytes"],
            )
            .properties(width=width - 24, height=alt.Step(_STEP))
        )
        return bars

    return draw(make, finding, label)
