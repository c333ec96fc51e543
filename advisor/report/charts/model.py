"""The artifacts of one model: time against how far their answers are from the model's own, and their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    import pandas as pd

_STEP = 46


def front(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw a frame with ``name``, ``owner``, ``framework``, ``runtime``, ``precision``, ``seconds`` and ``distance``.

    ``distance`` is the rms of an artifact's answers from the model's, as a share of theirs; both scales are
    logarithmic, and the line joins what nothing else beats on both.
    """
    named = ", ".join(f"{name} {precision}" for name, precision in zip(frame["name"], frame["precision"], strict=True))
    label = f"Time per call against the distance of the answers: {named}. The table below has the values."
    runtimes = list(dict.fromkeys(frame["runtime"]))

    def make(width: int) -> alt.TopLevelMixin:
        log = alt.Scale(type="log", nice=False, padding=14)
        x = alt.X("seconds:Q", scale=log, axis=theme.unit_axis("s", "time per call (logarithmic)", width))
        side = alt.Axis(
            title="distance of the answers from the model’s (rms, logarithmic)",
            format=".1~e",
            tickCount=5,
            **theme.OVER,
        )
        y = alt.Y("distance:Q", scale=log, axis=side)
        # What is at least as near as everything that is sooner: nothing else beats it on both.
        best = (
            alt.Chart(frame)
            .transform_window(least="min(distance)", sort=[alt.SortField("seconds"), alt.SortField("distance")])
            .transform_filter("datum.distance <= datum.least")
            .mark_line(interpolate="step-after", color=theme.INK_2, strokeDash=[3, 3])
            .encode(x=x, y=y, order="seconds:Q")
        )
        key = alt.Legend(orient="top", offset=28, columns=4 if width > theme.NARROW else 2, symbolFillColor=theme.INK_2)
        shapes = alt.Scale(domain=runtimes, range=[theme.SHAPES[n % len(theme.SHAPES)] for n in range(len(runtimes))])
        own = alt.Legend(orient="bottom", symbolType="circle")
        points = alt.Chart(frame).encode(
            x=x, y=y, shape=alt.Shape("runtime:N", scale=shapes, legend=key),
            color=alt.Color("owner:N", scale=theme.colors(frame, "owner"), title="framework", legend=own),
            tooltip=["name", "precision", "seconds", "distance"],
        )  # fmt: skip
        whole = points.transform_filter("datum.precision == 'float32'").mark_point(size=110, **theme.EDGE)
        small = points.transform_filter("datum.precision != 'float32'").mark_point(size=90, filled=False, strokeWidth=2)
        height = 280 if width > theme.NARROW else 240
        return alt.layer(best, whole, small).properties(width=width - 74, height=height)

    return draw(make, finding, label)


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
