"""Every criterion from its floor to its target, with the interval of each stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from advisor.report.charts import drawing
from advisor.report.charts.compilation import compiled

if TYPE_CHECKING:
    from advisor.report.charts.compilation import Chart

_STEP = 11


@dataclass(frozen=True)
class Mark:
    """One stack on one criterion: its score with bounds, or no score where nobody measured."""

    framework: str
    shape: str
    score: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One criterion: its title, floor and target in words, and its marks in the order of the ranking."""

    title: str
    ends: str
    marks: Sequence[Mark]


def evidence(rows: Sequence[Row], finding: Markup, legend: Markup) -> drawing.Drawing:
    """Draw the rows; the left edge is the floor, the right edge the target."""
    label = "Dot plot of the criteria from floor to target. The table below has every value."
    wide, narrow = drawing.draw(lambda width: _chart(rows, width), label)
    return drawing.Drawing(finding, wide, narrow, legend)


def _chart(rows: Sequence[Row], width: int) -> tuple[drawing.Layers, int, drawing.Rows]:
    marks, titles, height = _place(rows, 36 if _small(width) else 20)
    return layers(width), height, {"marks": marks, "titles": titles}


@compiled
def layers(width: int) -> Chart:
    """Return the layers of the chart for a width in pixels."""
    import altair as alt

    from advisor.report.charts import grammar

    plot, small = width - 14, _small(width)
    axis = alt.Axis(
        title=None,
        values=[0, 0.25, 0.5, 0.75, 1],
        labelExpr="datum.value == 0 ? 'floor 0' : datum.value == 1 ? 'target 1' : format(datum.value, '.2~f')",
        labelFlush=True,
    )
    x = alt.X("low:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)
    y = alt.Y("y:Q", scale=None, axis=None)
    mark, title = grammar.named("marks"), grammar.named("titles")
    stroke, fill = alt.Stroke("color:N", scale=None), alt.Fill("color:N", scale=None)
    known, unknown = mark.transform_filter("datum.known"), mark.transform_filter("!datum.known")
    halo: dict[str, Any] = {"stroke": drawing.PAPER, "strokeWidth": 4, "baseline": "middle"}
    layers = [
        known.transform_filter("datum.high > datum.low").mark_rule(strokeWidth=3, opacity=0.5).encode(
            x=x, x2=alt.X2("high"), y=y, stroke=stroke
        ),
        unknown.mark_rule(strokeWidth=1.5, strokeDash=[2, 3]).encode(x=x, x2=alt.X2("high"), y=y, stroke=stroke),
        title.transform_filter("datum.silent").mark_text(
            fill=drawing.INK_2, stroke=drawing.PAPER, strokeWidth=8, baseline="middle"
        ).encode(x=grammar.at(plot / 2), y=alt.Y("middle:Q", scale=None), text=grammar.said("nobody measured it")),
        known.mark_point(filled=True, size=70, opacity=1, stroke=drawing.PAPER, strokeWidth=1).encode(
            x=alt.X("score:Q"), y=y, fill=fill, shape=alt.Shape("shape:N", scale=None)
        ),
        title.mark_text(align="left", dx=5, fontSize=13, fontWeight="bold", fill=drawing.INK, limit=plot - 10, **halo)
        .encode(x=grammar.at(0), y=y, text=alt.Text("title:N")),
        title.mark_text(
            align="left" if small else "right", dx=5 if small else -5, dy=16 if small else 0, fill=drawing.INK_2,
            limit=plot - 10, **halo,
        ).encode(x=grammar.at(0 if small else plot), y=y, text=alt.Text("ends:N")),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=plot)


def _small(width: int) -> bool:
    return width <= 400


def _place(rows: Sequence[Row], head: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    marks, titles, top = [], [], 0
    for row in rows:
        first = top + 14 + head
        for number, mark in enumerate(row.marks):
            marks.append(
                {
                    "y": first + number * _STEP, "low": mark.low, "high": mark.high, "known": mark.score is not None,
                    "score": mark.score, "color": drawing.color(mark.framework),
                    "shape": "triangle-up" if mark.shape == "triangle" else mark.shape,
                }
            )  # fmt: skip
        silent = all(mark.score is None and mark.high - mark.low == 1 for mark in row.marks)
        middle = first + (len(row.marks) - 1) * _STEP / 2
        titles.append({"y": top + 14, "title": row.title, "ends": row.ends, "silent": silent, "middle": middle})
        top = first + len(row.marks) * _STEP + 6
    return marks, titles, top
