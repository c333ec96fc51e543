"""Where each stack's value comes from: one bar per stack, one block per criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from advisor.report.charts import drawing
from advisor.report.charts.compilation import compiled

if TYPE_CHECKING:
    from advisor.report.charts.compilation import Chart

_ROW = 64


@dataclass(frozen=True)
class Block:
    """One criterion in one bar: its letter, its length in value, and whether it is only a middle of bounds."""

    letter: str
    length: float
    missing: bool


@dataclass(frozen=True)
class Bar:
    """One stack: its name, its framework (for the color), its value as text, and its blocks."""

    name: str
    framework: str
    value: str
    blocks: Sequence[Block]


def contributions(bars: Sequence[Bar], finding: Markup) -> drawing.Drawing:
    """Draw the bars; the axis runs from 0 (every criterion at its floor) to 1 (every target met)."""
    label = "Stacked bars of the value: " + ", ".join(f"{bar.name} {bar.value}" for bar in bars)
    wide, narrow = drawing.draw(lambda width: _chart(bars, width), f"{label}. The table below has every part.")
    return drawing.Drawing(finding, wide, narrow)


def _chart(bars: Sequence[Bar], width: int) -> tuple[drawing.Layers, int, drawing.Rows]:
    plot = _plot(width)
    blocks, names = _rows(bars, plot)
    return layers(width), _ROW * len(bars), {"blocks": blocks, "names": names}


@compiled
def layers(width: int) -> Chart:
    """Return the layers of the chart for a width in pixels."""
    import altair as alt

    from advisor.report.charts import grammar

    plot = _plot(width)
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1] if width > 400 else [0, 0.5, 1]
    axis = alt.Axis(values=ticks, format=".1f", title="value: 0 = every criterion at its floor, 1 = every target met")
    if width <= 400:
        axis = alt.Axis(values=ticks, format=".1f", title="value (1 = every target met)")
    x = alt.X("start:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)
    block = grammar.named("blocks")
    rect = {"x": x, "x2": alt.X2("end"), "y": alt.Y("top:Q", scale=None, axis=None), "y2": alt.Y2("bottom")}
    name = grammar.named("names")
    place = {"y": alt.Y("y:Q", scale=None, axis=None)}
    layers = [
        block.transform_filter("!datum.missing").mark_rect(stroke=drawing.PAPER, strokeWidth=2).encode(
            fill=alt.Fill("color:N", scale=None), **rect
        ),
        block.transform_filter("datum.missing").mark_rect(
            fill=drawing.PAPER, strokeWidth=1.5, strokeDash=[3, 2]
        ).encode(stroke=alt.Stroke("color:N", scale=None), **rect),
        block.transform_filter("datum.room").mark_text(fontWeight="bold").encode(
            x=alt.X("middle:Q"), y=alt.Y("text:Q", scale=None), text=alt.Text("letter:N"),
            fill=alt.Fill("ink:N", scale=None),
        ),
        name.mark_text(
            align="left", fontSize=13, fontWeight="bold", fill=drawing.INK, stroke=drawing.PAPER, strokeWidth=4,
            limit=plot,
        ).encode(x=grammar.at(0), text=alt.Text("name:N"), **place),
        name.mark_text(align="left", dx=7, dy=30, fontSize=14, fontWeight="bold", fill=drawing.INK).encode(
            x=alt.X("end:Q"), text=alt.Text("value:N"), **place
        ),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=plot)


def _plot(width: int) -> int:
    return width - 52


def _rows(bars: Sequence[Bar], plot: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    blocks, names = [], []
    for row, bar in enumerate(bars):
        top, start = row * _ROW, 0.0
        for block in bar.blocks:
            end = start + block.length
            blocks.append(
                {
                    "start": start, "end": end, "middle": (start + end) / 2, "top": top + 26, "bottom": top + 52,
                    "text": top + 39, "letter": block.letter, "missing": block.missing,
                    "room": block.length * plot >= 13, "color": drawing.color(bar.framework),
                    "ink": drawing.INK if block.missing else drawing.PAPER,
                }
            )  # fmt: skip
            start = end
        names.append({"name": bar.name, "value": bar.value, "y": top + 12, "end": start})
    return blocks, names
