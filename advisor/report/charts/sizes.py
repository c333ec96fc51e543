"""Time against size: a line for each stack over the sizes of one network, on logarithmic scales."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    import pandas as pd


def sizes(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw a frame with ``name``, ``framework``, ``mmacs``, ``milliseconds``, ``low`` and ``high``, a line a name.

    Lines of one framework have its color; the shape of the points tells its stacks apart.
    """
    names = list(dict.fromkeys(frame["name"]))
    told = f"{len(names)} stacks at {frame['mmacs'].nunique()} sizes. The table below has every time."

    def make(width: int) -> alt.TopLevelMixin:
        columns = 1 if width <= theme.NARROW else 2
        legend = alt.Legend(title=None, orient="top", columns=columns, labelLimit=width // columns - 40)
        paint = alt.Color("name:N", sort=names, scale=theme.colors(frame, "name"), legend=legend)
        shape = alt.Shape(
            "name:N", sort=names, legend=legend,
            scale=alt.Scale(domain=names, range=[theme.SHAPES[each % len(theme.SHAPES)] for each in range(len(names))]),
        )  # fmt: skip
        across = alt.Axis(title="millions of multiplications a sample", format="~g", grid=False, tickCount=6)
        up = alt.Axis(title="milliseconds a sample", format="~g", tickCount=5)
        base = alt.Chart(frame).encode(
            x=alt.X("mmacs:Q", axis=across, scale=alt.Scale(type="log", padding=12)),
            y=alt.Y("milliseconds:Q", axis=up, scale=alt.Scale(type="log", padding=8)),
        )
        lines = base.mark_line(strokeWidth=2).encode(color=paint)
        spans = base.mark_rule(strokeWidth=2, opacity=0.5).encode(y="low:Q", y2="high:Q", color=paint)
        points = base.mark_point(**theme.EDGE).encode(
            fill=alt.Fill("name:N", sort=names, scale=theme.colors(frame, "name"), legend=legend), shape=shape,
            tooltip=["name", "mmacs", "milliseconds", "low", "high"],
        )  # fmt: skip
        return alt.layer(lines, spans, points).properties(width=width - 60, height=320)

    return draw(make, finding, told)
