"""Time per call against the size of the file that ships, one mark for every route and precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
from markupsafe import Markup

from advisor.report import numbers
from advisor.report.charts import drawing
from advisor.report.charts.axes import logarithmic
from advisor.report.charts.legend import legend

_Axis = tuple[float, float, tuple[float, ...]]


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
    plot, height = width - 66, 300 if width > 400 else 260
    most = 6 if width > 400 else 3
    x, y = logarithmic([point.size for point in points], most), logarithmic([point.seconds for point in points], 5)
    rows = [
        {
            "size": point.size, "seconds": point.seconds, "color": drawing.color(point.framework),
            "shape": _path(shapes[point.runtime]), "whole": point.precision in ("", "float32"),
        }
        for point in points
    ]  # fmt: skip
    layers = _layers(plot, (x[0], x[1], tuple(x[2])), (y[0], y[1], tuple(y[2])))
    return layers, height, {"points": rows}


@drawing.compiled
def _layers(plot: int, size: _Axis, seconds: _Axis) -> drawing.Chart:
    mark = drawing.named("points")
    x, y = _axis(size, "B", "size of the file"), _axis(seconds, "s", "time per call")
    place: dict[str, Any] = {"x": alt.X("size:Q", **x), "y": alt.Y("seconds:Q", **y)}
    color, shape = alt.Fill("color:N", scale=None), alt.Shape("shape:N", scale=None)
    layers = [
        mark.transform_filter("datum.whole").mark_point(
            size=110, filled=True, opacity=1, stroke=drawing.PAPER, strokeWidth=1
        ).encode(fill=color, shape=shape, **place),
        mark.transform_filter("!datum.whole").mark_point(size=90, fill=drawing.PAPER, strokeWidth=2, opacity=1).encode(
            stroke=alt.Stroke("color:N", scale=None), shape=shape, **place
        ),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=plot)


def _axis(axis: _Axis, unit: str, title: str) -> dict[str, Any]:
    low, high, ticks = axis
    texts = {tick: numbers.show(tick, unit).text for tick in ticks}
    expression = " : ".join(f"abs(datum.value / {tick!r} - 1) < 1e-6 ? '{text}'" for tick, text in texts.items())
    return {
        "scale": alt.Scale(type="log", domain=[low, high], nice=False),
        "axis": alt.Axis(values=ticks, labelExpr=f"{expression} : ''", title=f"{title} (logarithmic)"),
    }


def _path(shape: str) -> str:
    return "triangle-up" if shape == "triangle" else shape
