"""How far each weight could move before the answer changes: a band of weights with the profile's own as a tick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from advisor.report.charts import drawing
from advisor.report.charts.compilation import compiled

if TYPE_CHECKING:
    from advisor.report.charts.compilation import Chart

_ROW = 40


@dataclass(frozen=True)
class Band:
    """One criterion: its title, its weight, and the weights between which the answer stays; all from 0 to 1."""

    title: str
    weight: float
    low: float
    high: float


def stability(bands: Sequence[Band], finding: Markup) -> drawing.Drawing:
    """Draw the bands from no weight to all of it."""
    label = f"Weights between which the answer stays, for {len(bands)} criteria. The table below has every bound."
    wide, narrow = drawing.draw(lambda width: _chart(bands, width), label)
    return drawing.Drawing(finding, wide, narrow)


def _chart(bands: Sequence[Band], width: int) -> tuple[drawing.Layers, int, drawing.Rows]:
    rows = [
        {
            "title": band.title, "weight": band.weight, "low": band.low, "high": band.high, "y": number * _ROW + 12,
            "middle": number * _ROW + 28, "top": number * _ROW + 20, "bottom": number * _ROW + 36,
        }
        for number, band in enumerate(bands)
    ]  # fmt: skip
    return layers(width), _ROW * len(rows), {"rows": rows}


@compiled
def layers(width: int) -> Chart:
    """Return the layers of the chart for a width in pixels."""
    import altair as alt

    from advisor.report.charts import grammar

    plot = width - 24
    ticks = [0, 0.25, 0.5, 0.75, 1] if width > 400 else [0, 0.5, 1]
    axis = alt.Axis(values=ticks, format=".0%", title="weight of the criterion", labelFlush=True)
    x = alt.X("low:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)
    row = grammar.named("rows")
    place: dict[str, Any] = {"y": alt.Y("middle:Q", scale=None, axis=None)}
    layers = [
        row.mark_rule(strokeWidth=8, stroke=drawing.INK_2, opacity=0.4).encode(x=x, x2=alt.X2("high"), **place),
        row.mark_rule(strokeWidth=2.5, stroke=drawing.INK).encode(
            x=alt.X("weight:Q"), y=alt.Y("top:Q", scale=None), y2=alt.Y2("bottom")
        ),
        row.mark_text(
            align="left", fontSize=13, fill=drawing.INK, stroke=drawing.PAPER, strokeWidth=4, limit=plot
        ).encode(x=grammar.at(0), y=alt.Y("y:Q", scale=None), text=alt.Text("title:N")),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=plot)
