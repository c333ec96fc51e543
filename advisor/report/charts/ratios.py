"""Ratios of two times with their intervals, one row each, around the line where both take as long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_STEP = 42


def ratios(rows: Iterable[Mapping[str, object]], finding: Markup, title: str) -> Picture:
    """Draw rows with ``name``, ``framework`` (None: in ink), ``value``, ``low`` and ``high``; `title` is the axis'."""
    frame = pd.DataFrame(list(rows)).fillna({"framework": ""})
    # Two machines of one name are two rows.
    frame["row"] = [f"{name}\u2063{number}" for number, name in enumerate(frame["name"])]
    told = f"{len(frame)} ratios with their intervals, {title}. The table below has every one."

    def make(width: int) -> alt.TopLevelMixin:
        label = "split(datum.label, '\u2063')[0]"
        row = theme.over("row", width, _STEP, frame["row"], labelExpr=label)
        axis = alt.Axis(title=title, format=".2~g", tickCount=6 if width > theme.NARROW else 3)
        ends = [*frame["low"], *frame["high"], 0.95, 1.05]
        x = alt.X(
            "low:Q", axis=axis, scale=alt.Scale(type="log", domain=[min(ends) / 1.05, max(ends) * 1.05], nice=False)
        )
        base, paint = alt.Chart(frame).encode(y=row), theme.colors(frame)
        one = alt.Chart(pd.DataFrame({"one": [1.0]})).mark_rule(strokeWidth=1.5, color=theme.INK).encode(x="one:Q")
        span = base.mark_rule(strokeWidth=3, opacity=0.5).encode(
            x=x, x2="high:Q", stroke=alt.Stroke("framework:N", scale=paint, legend=None)
        )
        dots = base.mark_point(**theme.EDGE).encode(
            x="value:Q",
            fill=alt.Fill("framework:N", scale=paint, legend=None),
            tooltip=["name", "value", "low", "high"],
        )
        return alt.layer(one, span, dots).properties(width=width - 14, height=alt.Step(_STEP))

    return draw(make, finding, told)
