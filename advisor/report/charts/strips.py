"""Every block of every stack as one dot: shape, spread and overlap at a glance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
from markupsafe import Markup

from advisor.report import numbers
from advisor.report.charts import drawing
from advisor.report.charts.axes import logarithmic

_ROW = 44
_MOST = 50


@dataclass(frozen=True)
class Strip:
    """One variant: its name, its framework, its median in seconds, and its blocks as (seconds, accepted)."""

    name: str
    framework: str
    median: float
    blocks: Sequence[tuple[float, bool]]


def strips(rows: Sequence[Strip], finding: Markup) -> drawing.Drawing:
    """Draw the strips on one logarithmic axis of time; of many blocks, an even selection."""
    fastest = min(rows, key=lambda row: row.median)
    label = f"Block medians of {len(rows)} variants; the fastest is {fastest.name}. The table has the medians."
    wide, narrow = drawing.draw(lambda width: _chart(rows, width), label)
    return drawing.Drawing(finding, wide, narrow)


def _chart(rows: Sequence[Strip], width: int) -> tuple[drawing.Layers, int, drawing.Rows]:
    plot, bottom = width - 14, _ROW * len(rows)
    blocks = [row.blocks[:: math.ceil(len(row.blocks) / _MOST) or 1] for row in rows]
    seconds = [block[0] for each in blocks for block in each]
    low, high, ticks = logarithmic(seconds, 6 if width > 400 else 3)

    def x(value: float) -> float:
        return plot * math.log(value / low) / math.log(high / low)

    dots: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for number, (row, each) in enumerate(zip(rows, blocks, strict=True)):
        top = number * _ROW
        names.append({"name": row.name, "y": top + 12, "median": x(row.median), "top": top + 20, "bottom": top + 38})
        for count, (value, accepted) in enumerate(each):
            # Spread in a fixed pattern, not at random: two builds must be equal.
            offset = (count * 7) % 11 - 5
            color = drawing.color(row.framework)
            dots.append({"x": x(value), "y": top + 29 + offset, "color": color, "accepted": accepted})
    marks = [{"x": x(tick), "text": numbers.show(tick, "s").text, "top": 0, "bottom": bottom} for tick in ticks]
    return _layers(plot), bottom + 4, {"dots": dots, "names": names, "ticks": marks}


@drawing.compiled
def _layers(plot: int) -> drawing.Chart:
    """Return the layers on pixels: a logarithmic axis of the renderer's would have to be compiled for every chart."""
    dot, name, tick = drawing.named("dots"), drawing.named("names"), drawing.named("ticks")
    x, y = alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None)
    top, bottom = alt.Y("top:Q", scale=None, axis=None), alt.Y2("bottom")
    label = {"x": x, "y": alt.Y("bottom:Q", scale=None), "text": alt.Text("text:N")}
    places: dict[Literal["left", "center", "right"], str] = {
        "left": "datum.x < 20",
        "right": f"datum.x > {plot - 20}",
        "center": f"datum.x >= 20 && datum.x <= {plot - 20}",
    }
    layers = [
        tick.mark_rule(stroke=drawing.RULE).encode(x=x, y=top, y2=bottom),
        dot.transform_filter("datum.accepted").mark_circle(size=34, opacity=0.75, stroke=None).encode(
            x=x, y=y, fill=alt.Fill("color:N", scale=None)
        ),
        dot.transform_filter("!datum.accepted").mark_point(size=34, filled=False, strokeWidth=1.5).encode(
            x=x, y=y, stroke=alt.Stroke("color:N", scale=None)
        ),
        name.mark_rule(strokeWidth=1.5, stroke=drawing.INK).encode(
            x=alt.X("median:Q", scale=None), y=top, y2=bottom
        ),
        name.mark_text(
            align="left", fontSize=13, fill=drawing.INK, stroke=drawing.PAPER, strokeWidth=4, limit=plot
        ).encode(x=drawing.at(0), y=y, text=alt.Text("name:N")),
        *(
            tick.transform_filter(where).mark_text(align=align, dy=18, fill=drawing.INK_2).encode(**label)
            for align, where in places.items()
        ),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=plot)
