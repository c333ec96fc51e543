"""Every timed block of every variant as one mark: shape, spread and overlap at a glance, and what did not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    import pandas as pd

_STEP = 46
_GRADES = ("measured", "under load", "bounded")


def blocks(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw a frame with ``name``, ``framework``, ``seconds``, ``accepted`` and the ``value`` that stands for them."""
    label = f"Block medians of {frame['name'].nunique()} variants. The table has the figures that stand for them."

    def make(width: int) -> alt.TopLevelMixin:
        axis = theme.unit_axis("s", "time per call (logarithmic)", width)
        x = alt.X("seconds:Q", scale=alt.Scale(type="log", nice=False, padding=6), axis=axis)
        row, paint = theme.over("name", width, _STEP, frame["name"]), theme.colors(frame)
        base = (
            alt.Chart(frame)
            .transform_window(number="row_number()", groupby=["name"])
            # In a fixed pattern, not at random: two builds must be equal.
            .transform_calculate(lane="(datum.number * 7) % 11")
            .encode(x=x, y=row, yOffset=alt.YOffset("lane:Q", scale=alt.Scale(range=[2, 17])))
        )
        counted = (
            base.transform_filter("datum.accepted")
            .mark_circle(size=30, opacity=0.75)
            .encode(fill=alt.Fill("framework:N", scale=paint, legend=None), tooltip=["name", "grade", "seconds"])
        )
        disturbed = (
            base.transform_filter("!datum.accepted")
            .mark_point(size=30, filled=False, strokeWidth=1.5)
            .encode(stroke=alt.Stroke("framework:N", scale=paint, legend=None), tooltip=["name", "grade", "seconds"])
        )
        figure = (
            alt.Chart(frame)
            .transform_aggregate(value="min(value)", groupby=["name"])
            .mark_tick(thickness=1.5, height=20, color=theme.INK)
            .encode(x="value:Q", y=row)
        )
        return alt.layer(counted, disturbed, figure).properties(width=width - 14, height=alt.Step(_STEP))

    return draw(make, finding, label)


def grades(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw a frame with ``grade``, ``ratio`` (a block over the figure that stands for it) and ``count`` of blocks."""
    label = f"Blocks over the figure that stands for them, by {frame['grade'].nunique()} grades. The table has counts."
    order = [each for each in _GRADES if each in set(frame["grade"])]

    def make(width: int) -> alt.TopLevelMixin:
        axis = alt.Axis(title="block over its figure (logarithmic)", format=".2~f", labelOverlap="greedy")
        bars = (
            alt.Chart(frame)
            .mark_rect(color=theme.INK_2, stroke=theme.PAPER, strokeWidth=0.5)
            .encode(
                x=alt.X("ratio:Q", scale=alt.Scale(type="log", nice=False), axis=axis),
                x2="to:Q",
                y=alt.Y("share:Q", axis=None),
                y2=alt.datum(0),
                tooltip=["grade", alt.Tooltip("ratio:Q", format=".2f"), alt.Tooltip("to:Q", format=".2f"), "count"],
            )
            .properties(width=width - 24, height=60)
        )
        header = alt.Header(labelOrient="top", labelAnchor="start", labelAlign="left", title=None, labelLimit=width)
        found: alt.TopLevelMixin = bars.facet(row=alt.Row("grade:N", sort=order, header=header), spacing=8)
        return found

    return draw(make, finding, label)
