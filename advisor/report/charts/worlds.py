"""How often each stack takes each place over the sampled worlds: one bar per stack, the first place in full ink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    import pandas as pd

_STEP, _MOST = 48, 4
_ROOM = 0.04


def worlds(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw the rows of `Recommendation.to_frame("worlds")`; places after the fourth share the faintest ink."""
    names = frame["name"].nunique()
    label = f"Share of the worlds in which each of {names} stacks takes each place. The table below has the first."

    def make(width: int) -> alt.TopLevelMixin:
        row = theme.over("name", width, _STEP, frame["name"])
        start = theme.share("share", "share of the worlds", width, stack="zero")
        base = alt.Chart(frame).transform_calculate(ink=f"min(datum.rank, {_MOST})").encode(y=row, order="rank:Q")
        bars = base.mark_bar(stroke=theme.PAPER, strokeWidth=1.5).encode(
            x=start,
            fill=alt.Fill("framework:N", scale=theme.colors(frame), legend=None),
            opacity=alt.Opacity("ink:O", scale=alt.Scale(domain=[1, 2, 3, 4], range=[1, 0.55, 0.3, 0.15]), legend=None),
            tooltip=["name", "rank", alt.Tooltip("share:Q", format=".1%")],
        )
        places = (
            base.transform_stack(["from", "to"], "share", groupby=["name"], sort=[alt.SortField("rank")])
            .transform_filter(f"datum.share >= {_ROOM if width > theme.NARROW else 2 * _ROOM}")
            .transform_calculate(middle="(datum.from + datum.to) / 2")
            .mark_text(fontWeight="bold", stroke=theme.PAPER, strokeWidth=3, strokeJoin="round", fill=theme.INK)
            .encode(x="middle:Q", text="rank:N")
        )
        return alt.layer(bars, places).properties(width=width - 24, height=alt.Step(_STEP))

    return draw(make, finding, label)
