"""Who is faster, at a glance: how many times as long as the fastest each takes, work by work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    import pandas as pd


def speed(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw a frame with ``row``, ``column``, ``ratio`` (to the fastest of the row) and ``alike``.

    What makes no difference to the fastest is on paper, what is slower in more and more color.
    """
    label = f"Times relative to the fastest, {frame['row'].nunique()} works. The table below has every time."
    works = list(dict.fromkeys(frame["row"]))

    def make(width: int) -> alt.TopLevelMixin:
        small = width <= theme.NARROW
        room = 150 if small else 260
        top = alt.Axis(
            orient="top", labelAngle=0, title=None, labelColor=theme.INK, labelFontWeight="bold", labelPadding=4,
            labelExpr="split(datum.label, ' → ')", labelLimit=(width - room) / frame["column"].nunique() - 4,
            labelOverlap=False, grid=False,
        )  # fmt: skip
        side = alt.Axis(title=None, labelLimit=room - 10, minExtent=room - 20, labelColor=theme.INK, grid=False)
        base = alt.Chart(frame).encode(
            x=alt.X("column:N", sort=None, axis=top), y=alt.Y("row:N", sort=works, axis=side)
        )
        fill = alt.Fill(
            "ratio:Q", legend=None, scale=alt.Scale(type="threshold", domain=[2, 5], range=list(theme.HEAT))
        )
        cells = base.mark_rect(stroke=theme.RULE, strokeWidth=1).encode(
            fill=alt.condition("datum.alike", alt.value(theme.PAPER), fill), tooltip=["row", "column", "ratio", "from"]
        )
        figures = base.transform_calculate(
            said="format(datum.ratio, datum.ratio < 9.95 ? '.2f' : ',.0f') + '×'"
        ).mark_text()  # fmt: skip
        figures = figures.encode(
            text="said:N",
            color=alt.condition("datum.alike", alt.value(theme.INK), alt.value(theme.ON_HEAT)),
        )
        return alt.layer(cells, figures).properties(width=width - room, height=alt.Step(26))

    return draw(make, finding, label)
