"""Every block of every stack as one dot: shape, spread and overlap at a glance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
    plot = width - 14
    dots: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        top = number * _ROW
        names.append({"name": row.name, "y": top + 12, "median": row.median, "top": top + 20, "bottom": top + 38})
        for count, (seconds, accepted) in enumerate(row.blocks[:: math.ceil(len(row.blocks) / _MOST) or 1]):
            # Spread in a fixed pattern, not at random: two builds must be equal.
            offset = (count * 7) % 11 - 5
            dots.append(
                {
                    "x": seconds, "y": top + 29 + offset, "colour": drawing.colour(row.framework),
                    "accepted": accepted,
                }
            )  # fmt: skip
    low, high, ticks = logarithmic([dot["x"] for dot in dots], 6 if width > 400 else 3)
    layers = _layers(plot, low, high, tuple(ticks))
    return layers, _ROW * len(rows) + 4, {"dots": dots, "names": names}


@drawing.compiled
def _layers(plot: int, low: float, high: float, ticks: tuple[float, ...]) -> drawing.Chart:
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    texts = {tick: numbers.show(tick, "s").text for tick in ticks}
    expression = " : ".join(f"abs(datum.value / {tick!r} - 1) < 1e-6 ? '{text}'" for tick, text in texts.items())
    axis = alt.Axis(values=ticks, labelExpr=f"{expression} : ''", title=None, labelFlush=True)
    dot, name = drawing.named("dots"), drawing.named("names")
    place: dict[str, Any] = {"y": alt.Y("y:Q", scale=None, axis=None)}
    x, colour = alt.X("x:Q", scale=scale, axis=axis), alt.Stroke("colour:N", scale=None)
    layers = [
        dot.transform_filter("datum.accepted").mark_circle(size=34, opacity=0.75, stroke=None).encode(
            x=x, fill=alt.Fill("colour:N", scale=None), **place
        ),
        dot.transform_filter("!datum.accepted").mark_point(size=34, filled=False, strokeWidth=1.5).encode(
            x=x, stroke=colour, **place
        ),
        name.mark_rule(strokeWidth=1.5, stroke=drawing.INK).encode(
            x=alt.X("median:Q", scale=scale), y=alt.Y("top:Q", scale=None), y2=alt.Y2("bottom")
        ),
        name.mark_text(
            align="left", fontSize=13, fill=drawing.INK, stroke=drawing.PAPER, strokeWidth=4, baseline="middle",
            limit=plot,
        ).encode(x=drawing.at(0), text=alt.Text("name:N"), **place),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=plot)
