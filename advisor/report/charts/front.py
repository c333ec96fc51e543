"""Artifacts by two of their figures, the smaller the better, with the line of what nothing else beats on both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import altair as alt
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    import pandas as pd

_WHOLE = "datum.precision == '' || datum.precision == 'float32'"


@dataclass(frozen=True)
class Figure:
    """A figure of every artifact: its column, and its axis in a picture of a width."""

    column: str
    axis: Callable[[int], alt.Axis]


def front(frame: pd.DataFrame, across: Figure, up: Figure, finding: Markup, *, what: str, height: int) -> Picture:
    """Draw a frame with ``name``, ``owner``, ``framework``, ``runtime``, ``precision`` and the columns of two figures.

    Both scales are logarithmic; `what` is said of the picture to who cannot see it, `height` is of a wide one.
    """
    named = ", ".join(f"{name} {precision}" for name, precision in zip(frame["name"], frame["precision"], strict=True))
    label = f"{what}: {named}. The table below has the values."
    runtimes = list(dict.fromkeys(frame["runtime"]))
    # The time first, wherever it stands.
    told = sorted((up.column, across.column), key=lambda column: column != "seconds")

    def make(width: int) -> alt.TopLevelMixin:
        log = alt.Scale(type="log", nice=False, padding=14)
        x = alt.X(f"{across.column}:Q", scale=log, axis=across.axis(width))
        y = alt.Y(f"{up.column}:Q", scale=log, axis=up.axis(width))
        # What is at least as low as everything left of it: nothing else beats it on both.
        best = (
            alt.Chart(frame)
            .transform_window(least=f"min({up.column})", sort=[alt.SortField(across.column), alt.SortField(up.column)])
            .transform_filter(f"datum.{up.column} <= datum.least")
            .mark_line(interpolate="step-after", color=theme.INK_2, strokeDash=[3, 3])
            .encode(x=x, y=y, order=f"{across.column}:Q")
        )
        key = alt.Legend(orient="top", offset=28, columns=4 if width > theme.NARROW else 2, symbolFillColor=theme.INK_2)
        own = alt.Legend(orient="bottom", symbolType="circle")
        shapes = alt.Scale(domain=runtimes, range=[theme.SHAPES[n % len(theme.SHAPES)] for n in range(len(runtimes))])
        points = alt.Chart(frame).encode(
            x=x,
            y=y,
            shape=alt.Shape("runtime:N", scale=shapes, legend=key),
            color=alt.Color("owner:N", scale=theme.colors(frame, "owner"), title="framework", legend=own),
            tooltip=["name", "precision", *told],
        )
        whole = points.transform_filter(_WHOLE).mark_point(size=110, **theme.EDGE)
        small = points.transform_filter(f"!({_WHOLE})").mark_point(size=90, filled=False, strokeWidth=2)
        tall = height if width > theme.NARROW else 240
        return alt.layer(best, whole, small).properties(width=width - 74, height=tall)

    return draw(make, finding, label)
