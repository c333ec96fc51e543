"""One theme for every chart: its colors, its letters, and how names stand over what they name.

The colors are the light tokens as literals; the stylesheet maps them to its variables, so that one drawing serves the
light page, the dark one and the printed one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import altair as alt

from advisor.report.hues import hue

if TYPE_CHECKING:
    import pandas as pd

WIDE, NARROW = 720, 300
PAPER, INK, INK_2, RULE = "#ffffff", "#1b1d1f", "#54585c", "#d8d5cd"
COLORS = {
    "orange": "#bc5416", "blue": "#1b4898", "teal": "#157f76", "plum": "#7a1b52",
    "olive": "#77741b", "red": "#c8322f", "steel": "#4c7ba6", "brown": "#5c3d22",
}  # fmt: skip
HEAT = ("#f6e3cf", "#eab68c", "#d98a55")
"""Slower and slower than the fastest; what makes no difference is on paper."""
ON_HEAT = "#1b1d1e"
"""Letters on those colors, which are light on a dark page, too."""
EDGE: dict[str, Any] = {"stroke": PAPER, "strokeWidth": 1}
"""Around a mark that lies on others."""
OVER: dict[str, Any] = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -12, "titleX": 0}
"""The title of a vertical axis lies over it."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_SIZE = 12
_INNER = 0.58
# The renderer brings this font along, so that every machine measures the same; letters of Arial are as wide.
_FONT = "Liberation Sans"

CONFIG: dict[str, Any] = {
    "aria": False,
    "background": "transparent",
    "font": _FONT,
    "padding": 2,
    "axis": {
        "domain": False, "ticks": False, "gridColor": RULE, "labelColor": INK_2, "labelFontSize": _SIZE,
        "labelPadding": 6, "titleColor": INK_2, "titleFontSize": _SIZE, "titleFontWeight": "normal",
        "titleAnchor": "start", "titlePadding": 6,
    },
    "header": {
        "labelFontSize": 13, "labelFontWeight": "bold", "labelColor": INK, "title": None, "labelPadding": 4,
    },
    "legend": {
        "orient": "top", "direction": "horizontal", "labelColor": INK, "labelFontSize": _SIZE, "titleColor": INK_2,
        "titleFontSize": _SIZE, "titleFontWeight": "normal", "columnPadding": 18, "offset": 8, "labelLimit": 280,
        "symbolOpacity": 1,
    },
    "point": {"filled": True, "size": 70, "opacity": 1},
    "rule": {"color": INK_2},
    "text": {"fontSize": _SIZE, "color": INK},
    "view": {"stroke": None},
}  # fmt: skip


def color(framework: str) -> str:
    """Return the color of a framework, or of a hue; the second ink for what is no framework."""
    return COLORS[hue(framework)] if framework else INK_2


def colors(frame: pd.DataFrame, of: str = "framework") -> alt.Scale:
    """Return the scale from what a column holds to the colors of the frameworks in the column ``framework``."""
    there = dict(zip(map(str, frame[of]), map(str, frame["framework"]), strict=True))
    return alt.Scale(domain=list(there), range=[color(each) for each in there.values()])


def over(field: str, width: int, step: int, names: Iterable[Any], **further: Any) -> alt.Y:
    """Return the rows of a chart, `step` pixels each, in the order of `names`, with each name over its row.

    `further` is of the axis.
    """
    axis = alt.Axis(
        title=None, grid=False, labelAlign="left", labelBaseline="bottom", labelPadding=0,
        labelOffset=-(step * (1 - _INNER) / 2 + 3),
        labelLimit=width, labelFontSize=13, labelColor=INK, zindex=1, **further,
    )  # fmt: skip
    order = list(dict.fromkeys(map(str, names)))
    scale = alt.Scale(domain=order, paddingInner=_INNER, paddingOuter=0.45)
    return alt.Y(field, type="nominal", sort=order, title=None, axis=axis, scale=scale)


def share(field: str, title: str, width: int, **further: Any) -> alt.X:
    """Return a horizontal axis from nothing to all of it, in percent."""
    values = [0, 0.25, 0.5, 0.75, 1] if width > NARROW else [0, 0.5, 1]
    axis = alt.Axis(format=".0%", values=values, title=title, labelFlush=True)
    return alt.X(field, type="quantitative", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis, **further)


def unit_axis(unit: str, title: str, width: int, **further: Any) -> alt.Axis:
    """Return an axis of figures in a base unit, written with prefixes: ``20 µs``, ``1.5 MB``."""
    words = f"replace(format(datum.value, '.3~s'), /([a-zµ]?)$/i, ' $1') + {json.dumps(unit)}"
    return alt.Axis(labelExpr=words, tickCount=6 if width > NARROW else 3, title=title, labelFlush=True,
                    labelOverlap="greedy", labelSeparation=10, **further)  # fmt: skip


def pointed(field: str) -> alt.Parameter:
    """Return the selection of what the pointer is on, by a field: in a drawing that does not move it is empty."""
    return alt.selection_point(name="pointed", fields=[field], on="pointerover", clear="pointerout")


def faded(selection: alt.Parameter, most: float = 1.0) -> Any:
    """Return the opacity of marks of which others are pointed at."""
    return alt.when(selection).then(alt.value(most)).otherwise(alt.value(0.2))


def pick(words: dict[float, str]) -> str:
    """Return the expression for labels that are words: each value's own."""
    found = "''"
    for value, text in words.items():
        found = f"datum.value == {value} ? {json.dumps(text)} : {found}"
    return found
