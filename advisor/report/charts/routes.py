"""Time per call against the size of the file that ships, with the line of what nothing else beats on both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    import pandas as pd

_WHOLE = "datum.precision == '' || datum.precision == 'float32'"


def routes(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw a frame with ``name``, ``owner`` and ``framework``, ``runtime``, ``precision``, ``size`` and ``seconds``."""
    whole = ", ".join(f"{name} {precision}" for name, precision in zip(frame["name"], frame["precision"], strict=True))
    label = f"Time per call against size of the file: {whole}. The table below has the values."
    runtimes = list(dict.fromkeys(frame["runtime"]))

    def make(width: int) -> alt.TopLevelMixin:
        log = alt.Scale(type="log", nice=False, padding=14)
        x = alt.X("size:Q", scale=log, axis=theme.unit_axis("B", "size of the file (logarithmic)", width))
        side = theme.unit_axis("s", "time per call (logarithmic)", width, **theme.OVER)
        y = alt.Y("seconds:Q", scale=log, axis=side)
        # What is at least as quick as everything smaller than it: nothing else beats it on both.
        best = (
            alt.Chart(frame)
            .transform_window(least="min(seconds)", sort=[alt.SortField("size"), alt.SortField("seconds")])
            .transform_filter("datum.seconds <= datum.least")
            .mark_line(interpolate="step-after", color=theme.INK_2, strokeDash=[3, 3])
            .encode(x=x, y=y, order="size:Q")
        )
        key = alt.Legend(orient="top", offset=28, columns=4 if width > theme.NARROW else 2, symbolFillColor=theme.INK_2)
        own = alt.Legend(orient="bottom", symbolType="circle")
        shapes = alt.Scale(domain=runtimes, range=[theme.SHAPES[n % len(theme.SHAPES)] for n in range(len(runtimes))])
        points = alt.Chart(frame).encode(
            x=x,
            y=y,
            shape=alt.Shape("runtime:N", scale=shapes, legend=key),
            color=alt.Color("owner:N", scale=theme.colors(frame, "owner"), title="framework", legend=own),
            tooltip=["name", "precision", "seconds", "size"],
        )
        whole = points.transform_filter(_WHOLE).mark_point(size=110, **theme.EDGE)
        small = points.transform_filter(f"!({_WHOLE})").mark_point(size=90, filled=False, strokeWidth=2)
        height = 300 if width > theme.NARROW else 240
        return alt.layer(best, whole, small).properties(width=width - 74, height=height)

    return draw(make, finding, label)
