"""Every block of every stack as one dot: shape, spread and overlap at a glance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from advisor.report.charts import drawing
from advisor.report.charts.axes import logarithmic, marks, place
from advisor.report.charts.compilation import compiled

if TYPE_CHECKING:
    from advisor.report.charts.compilation import Chart

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
    plot, bottom = _plot(width), _ROW * len(rows)
    blocks = [row.blocks[:: math.ceil(len(row.blocks) / _MOST) or 1] for row in rows]
    seconds = [block[0] for each in blocks for block in each]
    low, high, ticks = logarithmic(seconds, 6 if width > 400 else 3)
    x = place(low, high, plot)
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
    title = [{"y": bottom + 36, "text": "time per call (logarithmic)"}]
    rows_by_name = {"dots": dots, "names": names, "ticks": marks(ticks, x, "s", bottom), "titles": title}
    return layers(width), bottom + 4, rows_by_name


@compiled
def layers(width: int) -> Chart:
    """Return the layers of the chart for a width in pixels."""
    import altair as alt

    from advisor.report.charts import grammar

    plot = _plot(width)
    dot, name = grammar.named("dots"), grammar.named("names")
    x, y = grammar.pixels(alt.X, "x"), grammar.pixels(alt.Y, "y")
    axis = grammar.ticks(grammar.named("ticks"), plot)
    layers = [
        axis[0],
        dot.transform_filter("datum.accepted").mark_circle(size=34, opacity=0.75, stroke=None).encode(
            x=x, y=y, fill=alt.Fill("color:N", scale=None)
        ),
        dot.transform_filter("!datum.accepted").mark_point(size=34, filled=False, strokeWidth=1.5).encode(
            x=x, y=y, stroke=alt.Stroke("color:N", scale=None)
        ),
        name.mark_rule(strokeWidth=1.5, stroke=drawing.INK).encode(
            x=alt.X("median:Q", scale=None), y=grammar.pixels(alt.Y, "top"), y2=alt.Y2("bottom")
        ),
        name.mark_text(
            align="left", fontSize=13, fill=drawing.INK, stroke=drawing.PAPER, strokeWidth=4, limit=plot
        ).encode(x=grammar.at(0), y=y, text=alt.Text("name:N")),
        *axis[1:],
        grammar.named("titles").mark_text(align="left", fill=drawing.INK_2).encode(
            x=grammar.at(0), y=y, text=alt.Text("text:N")
        ),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=plot)


def _plot(width: int) -> int:
    return width - 14
