"""What makes the lead: from the worth of the runner-up to that of the first, criterion by criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    import pandas as pd


_STEP = 44


def lead(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw the steps of a frame with the columns ``step``, ``amount`` and ``kind``.

    The first row is the runner-up with its worth, the last the first with nothing to add (both of the ``kind`` end);
    between them stand the criteria with what each adds or takes.
    """
    first, last = frame["step"].iloc[0], frame["step"].iloc[-1]
    label = f"Steps from {first} to {last}, one for each criterion. The table below has every one."

    def make(width: int) -> alt.TopLevelMixin:
        row = theme.over("step", width, _STEP, frame["step"])
        axis = alt.Axis(title="worth (1 = every target met)", format=".3~f", tickCount=6 if width > theme.NARROW else 3)
        base = (
            alt.Chart(frame)
            .transform_window(to="sum(amount)", frame=[None, 0])
            .transform_calculate(
                begin="datum.to - datum.amount",
                figure="datum.kind == 'end' ? format(datum.to, '.3f') : "
                "abs(datum.amount) < 0.0005 ? '' : format(datum.amount, '+.3f')",
                edge="datum.kind == 'end' ? datum.to : max(datum.to, datum.begin)",
            )
            .encode(y=row)
        )
        steps = base.transform_filter("datum.kind != 'end'")
        x = alt.X("begin:Q", scale=alt.Scale(zero=False, padding=48), axis=axis)
        bars = steps.mark_bar(strokeWidth=1.5, height=14).encode(
            x=x,
            x2="to:Q",
            fill=alt.condition("datum.amount >= 0", alt.value(theme.INK_2), alt.value(theme.PAPER)),
            stroke=alt.value(theme.INK_2),
            tooltip=["step", alt.Tooltip("amount:Q", format="+.3f")],
        )
        ends = base.transform_filter("datum.kind == 'end'").mark_point(size=130, shape="diamond", fill=theme.INK)
        figures = base.mark_text(align="left", dx=9, fontWeight="bold").encode(x="edge:Q", text="figure:N")
        return alt.layer(bars, ends.encode(x="to:Q"), figures).properties(width=width - 24, height=alt.Step(_STEP))

    return draw(make, finding, label)
