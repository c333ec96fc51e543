"""From an Altair chart to the SVG of a page: our tokens, no ids, no inline styles, nothing that depends on the day.

The colors are the light tokens as literals; the stylesheet maps them to its variables, so one drawing serves the
light page and the dark one.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ParamSpec, cast
from xml.etree import ElementTree

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from advisor.report.charts import lettering

PAPER, INK, INK_2, RULE = "#ffffff", "#1b1d1f", "#54585c", "#d8d5cd"
COLORS = {"pytorch": "#bc5416", "tensorflow": "#1b4898", "jax": "#157f76", "keras": "#7a1b52"}
SHAPES = ("circle", "square", "triangle", "diamond")
WIDE, NARROW = 720, 300

Chart = alt.LayerChart | alt.FacetChart
Layers = dict[str, Any]
"""A chart as its renderer takes it, without rows and of any height."""

Rows = dict[str, list[dict[str, Any]]]
"""The rows behind a chart, by the name that its layers call them by."""

_P = ParamSpec("_P")
_NOTHING = Markup()
_KEPT, _DRAWN = 64, 512
_SVG = "{http://www.w3.org/2000/svg}"
_DROPPED = frozenset({"id", "class", "style", "role", "font-family", "pointer-events", "cursor"})
_INHERITED = (
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "font-size",
    "font-weight",
    "text-anchor",
    "opacity",
)
_PLACE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
_ARCS = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0")
_LONG = re.compile(r"-?\d+\.\d{3,}")
_CONFIG: dict[str, Any] = {
    "background": None,
    "padding": 4,
    "aria": False,
    "view": {"stroke": None},
    "text": {"fontSize": 12, "fill": INK},
    "axis": {
        "domain": False,
        "ticks": False,
        "gridColor": RULE,
        "labelColor": INK_2,
        "labelFontSize": 12,
        "labelPadding": 6,
        "titleColor": INK_2,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleAnchor": "start",
        "titlePadding": 6,
    },
}


@dataclass(frozen=True)
class Drawing:
    """A chart on a page: the sentence with the finding, the legend, and both drawings, all of it HTML."""

    finding: Markup
    wide: Markup
    narrow: Markup
    legend: Markup = _NOTHING


def color(framework: str) -> str:
    """Return a framework's color; ink for one that has none."""
    return COLORS.get(framework, INK_2)


def named(rows: str) -> alt.Chart:
    """Return a chart of the rows of this name: they reach the drawing as they are, once for all layers."""
    return alt.Chart(alt.NamedData(rows))


def compiled(make: Callable[_P, Chart]) -> Callable[_P, Layers]:
    """Let a chart's layers be made and compiled once for each set of arguments, however often it is drawn.

    The rows reach them by name when they are drawn, and the height is theirs: charts differ in nothing else.
    """

    @functools.lru_cache(_KEPT)
    def once(*args: Any, **kwargs: Any) -> Layers:
        # Altair checks every part against its schema, which takes longer than to draw it; our tests do that check.
        with debug_mode(False):
            spec = make(*args, **kwargs).to_dict(validate=False)
        spec["config"] = _CONFIG
        lettering.hide(spec)
        found: Layers = vl_convert.vegalite_to_vega(spec)
        return found

    return cast("Callable[_P, Layers]", once)


def draw(build: Callable[[int], tuple[Layers, int, Rows]], label: str) -> tuple[Markup, Markup]:
    """Return the wide and the narrow SVG of the chart that `build` makes for a width in pixels.

    Parameters
    ----------
    build : callable
        From the width in pixels to the layers of a chart, its height in pixels, and its rows.
    label : str
        What a screen reader says in its place; the table beneath carries the data.
    """
    wide, narrow = (_svg(*build(width), kind, width, label) for width, kind in ((WIDE, "wide"), (NARROW, "narrow")))
    return wide, narrow


def at(pixels: float) -> alt.XValue:
    """Return a fixed place on the horizontal axis."""
    return alt.XValue(pixels)  # type: ignore[no-untyped-call]


def said(text: str) -> alt.TextValue:
    """Return a fixed text."""
    return alt.TextValue(text)


def _svg(layers: Layers, height: int, rows: Rows, kind: str, width: int, label: str) -> Markup:
    data = [{**each, "values": rows[each["name"]]} if each["name"] in rows else each for each in layers["data"]]
    return _drawn(json.dumps({**layers, "height": height, "data": data}), kind, width, label)


@functools.lru_cache(_DRAWN)
def _drawn(spec: str, kind: str, width: int, label: str) -> Markup:
    """Draw one specification; a site that is served is built many times, and few of its charts change."""
    root = ElementTree.fromstring(vl_convert.vega_to_svg(spec))  # noqa: S314 - our own renderer's output
    lettering.show(root, width)
    _clean(root)
    root.attrib |= {"class": kind, "role": "img", "aria-label": label}
    root.attrib.pop("version", None)
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    return Markup(" ".join(text.split()))  # noqa: S704 - serialised XML


def _clean(root: ElementTree.Element) -> None:
    """Strip what a page must not carry, and rename elements so that the SVG stands in HTML without a namespace."""
    for parent in list(root.iter()):
        for child in list(_empty(parent)):
            parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        for name in list(element.attrib):
            if name in _DROPPED or name.startswith("aria-") or "}" in name:
                del element.attrib[name]
            elif name not in ("fill", "stroke"):
                element.set(name, _LONG.sub(lambda found: f"{float(found[0]):.2f}", element.attrib[name]))
        for name in ("fill", "stroke"):
            if element.get(name) == "transparent":
                element.set(name, "none")
        if element.tag == "line":
            for name in ("x2", "y2"):
                if element.get(name) == "0":
                    del element.attrib[name]
        _circle(element)
    for group in root.iter("g"):
        _share(group)


def _circle(element: ElementTree.Element) -> None:
    """Turn a path of two arcs around a point into the circle that it is: a third of the characters."""
    place, arcs = _PLACE.fullmatch(element.get("transform", "")), _ARCS.fullmatch(element.get("d", ""))
    if element.tag == "path" and place and arcs:
        del element.attrib["transform"], element.attrib["d"]
        element.tag = "circle"
        rest = dict(element.attrib)
        element.attrib.clear()
        element.attrib |= {"cx": place[1], "cy": place[2], "r": arcs[1], **rest}


def _share(group: ElementTree.Element) -> None:
    """Write what all children of a group have in common once, on the group."""
    children = list(group)
    for name in _INHERITED:
        values = {child.get(name) for child in children}
        if len(children) > 2 and len(values) == 1 and group.get(name) is None and None not in values:
            group.set(name, str(children[0].get(name)))
            for child in children:
                del child.attrib[name]


def _empty(parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Yield children that draw nothing: Vega's groups for event handling and backgrounds."""
    for child in parent:
        name = child.tag.removeprefix(_SVG)
        ground = name == "path" and child.get("class") in ("background", "foreground")
        if ground or name in ("defs", "style", "title"):
            yield child
