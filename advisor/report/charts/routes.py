"""Time per call against the size of the file that ships, one mark for every route and precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from advisor.report import numbers
from advisor.report.charts import drawing
from advisor.report.charts.axes import logarithmic, marks, place
from advisor.report.charts.compilation import compiled
from advisor.report.charts.legend import legend

if TYPE_CHECKING:
    from advisor.report.charts.compilation import Chart

_HEAD = 28


@dataclass(frozen=True)
class Point:
    """One stack at one precision: bytes of its file and seconds of a call; its runtime picks the shape."""

    name: str
    framework: str
    runtime: str
    precision: str
    size: float
    seconds: float


def routes(points: Sequence[Point], finding: Markup) -> drawing.Drawing:
    """Draw the points on two logarithmic axes; filled marks are float32, hollow ones any smaller precision."""
    shapes = dict(zip(dict.fromkeys(point.runtime for point in points), drawing.SHAPES * len(points), strict=False))
    marks = [(point.framework, shapes[point.runtime], point.name) for point in points]
    label = "Time per call against size of the file: " + ", ".join(
        f"{point.name} {point.precision}" for point in points
    )
    wide, narrow = drawing.draw(
        lambda width: _chart(points, shapes, width), f"{label}. The table below has the values."
    )
    return drawing.Drawing(finding, wide, narrow, legend(dict.fromkeys(marks)))


def _chart(points: Sequence[Point], shapes: dict[str, str], width: int) -> tuple[drawing.Layers, int, drawing.Rows]:
    plot, height = _plot(width), 300 if width > 400 else 260
    sizes = logarithmic([point.size for point in points], 6 if width > 400 else 3)
    times = logarithmic([point.seconds for point in points], 5)
    x, up = place(sizes[0], sizes[1], plot), place(times[0], times[1], height - _HEAD)
    rows = [
        {
            "x": x(point.size), "y": height - up(point.seconds), "color": drawing.color(point.framework),
            "shape": _path(shapes[point.runtime]), "whole": point.precision in ("", "float32"),
        }
        for point in points
    ]  # fmt: skip
    sides = [{"x": 0, "end": plot, "y": height - up(tick), "text": numbers.show(tick, "s").text} for tick in times[2]]
    titles = [
        {"y": _HEAD - 16, "text": "time per call (logarithmic)"},
        {"y": height + 36, "text": "size of the file (logarithmic)"},
    ]
    below = [{**mark, "top": _HEAD} for mark in marks(sizes[2], x, "B", height)]
    return layers(width), height + 4, {"points": rows, "ticks": below, "sides": sides, "titles": titles}


@compiled
def layers(width: int) -> Chart:
    """Return the layers of the chart for a width in pixels."""
    import altair as alt

    from advisor.report.charts import grammar

    plot = _plot(width)
    axis, side, mark = grammar.ticks(grammar.named("ticks"), plot), grammar.named("sides"), grammar.named("points")
    x, y = grammar.pixels(alt.X, "x"), grammar.pixels(alt.Y, "y")
    color, shape = alt.Fill("color:N", scale=None), alt.Shape("shape:N", scale=None)
    layers = [
        axis[0],
        side.mark_rule(stroke=drawing.RULE).encode(x=x, x2=alt.X2("end"), y=y),
        mark.transform_filter("datum.whole").mark_point(
            size=110, filled=True, opacity=1, stroke=drawing.PAPER, strokeWidth=1
        ).encode(x=x, y=y, fill=color, shape=shape),
        mark.transform_filter("!datum.whole").mark_point(size=90, fill=drawing.PAPER, strokeWidth=2, opacity=1).encode(
            x=x, y=y, stroke=alt.Stroke("color:N", scale=None), shape=shape
        ),
        *axis[1:],
        side.mark_text(align="right", dx=-6, fill=drawing.INK_2).encode(x=x, y=y, text=alt.Text("text:N")),
        grammar.named("titles").mark_text(align="left", fill=drawing.INK_2).encode(
            x=grammar.at(0), y=y, text=alt.Text("text:N")
        ),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=plot)


def _plot(width: int) -> int:
    return width - 66


def _path(shape: str) -> str:
    return "triangle-up" if shape == "triangle" else shape
