"""From an Altair chart to the SVG of a page: no ids, no styles, nothing that depends on the machine or the day."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from markupsafe import Markup

from advisor.report import drawing_cache
from advisor.report.charts.theme import CONFIG, NARROW, WIDE

if TYPE_CHECKING:
    import altair as alt

_SVG = "{http://www.w3.org/2000/svg}"
_DROPPED = frozenset({"id", "class", "style", "role", "font-family", "pointer-events", "cursor", "display"})
# What SVG takes where nothing is said, and what a group hands on to what it holds.
_PLAIN = {
    "opacity": "1", "stroke-width": "1", "stroke-miterlimit": "10", "text-anchor": "start", "x2": "0", "y2": "0",
    "transform": "translate(0,0)",
}  # fmt: skip
_HANDED = (
    "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "font-size", "font-weight", "text-anchor",
)  # fmt: skip
_GRAPHICS = frozenset({"path", "line", "rect", "text", "circle"})
# A mark of straight lines, of which only the points in capitals say where it is.
_STRAIGHT = re.compile(r"(?:[ML]-?[\d.]+,-?[\d.]+|[hv]-?[\d.]+|Z)+")
_POINT = re.compile(r"([ML])(-?[\d.]+),(-?[\d.]+)")
_SPEC = "https://vega.github.io/schema/vega-lite/v{}.json"


@dataclass(frozen=True)
class Picture:
    """A chart on a page: the sentence with the finding, both drawings, and the specification with its data."""

    finding: Markup
    wide: Markup
    narrow: Markup
    spec: str


def draw(make: Callable[[int], alt.TopLevelMixin], finding: Markup, label: str) -> Picture:
    """Return the picture of a chart.

    Parameters
    ----------
    make : callable
        From the width in pixels to the chart.
    finding : Markup
        The sentence over it.
    label : str
        What a screen reader says in its place; a table carries the data.
    """
    wide, narrow = _spec(make(WIDE)), _spec(make(NARROW))
    return Picture(finding, _drawn(wide, "wide", label), _drawn(narrow, "narrow", label), wide)


def _spec(chart: alt.TopLevelMixin) -> str:
    from altair.utils.schemapi import debug_mode

    # Altair checks every part against its schema, which takes longer than to draw it; our tests do that check.
    with debug_mode(False):
        spec: dict[str, Any] = chart.to_dict(validate=False)
    return json.dumps(spec | {"config": CONFIG}, ensure_ascii=False, separators=(",", ":"))


def _drawn(spec: str, kind: str, label: str) -> Markup:
    """Draw one specification, or take the drawing of it that is kept."""
    svg = drawing_cache.piece(lambda: _render(spec, kind, label), _renderer(), spec, kind, label)
    # Serialised XML: whatever text was in the frame is escaped, so that no text ends a tag.
    return Markup(svg)  # noqa: S704


def vega() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, which any page of a site may load to draw its charts."""
    import vl_convert

    snippet = "window.vegaEmbed = vegaEmbed;"
    return drawing_cache.piece(lambda: str(vl_convert.javascript_bundle(snippet)), _renderer(), snippet)


@functools.cache
def _renderer() -> str:
    """Return what a drawing is made by: the renderer, and what becomes of its drawing here."""
    own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    return f"vl-convert {importlib.metadata.version('vl-convert-python')} {own}"


def _render(spec: str, kind: str, label: str) -> str:
    import vl_convert

    root = ElementTree.fromstring(vl_convert.vegalite_to_svg(spec))  # noqa: S314 - our own renderer's output
    _clean(root)
    root.attrib = {"class": kind, "role": "img", "aria-label": label, **root.attrib}
    return " ".join(ElementTree.tostring(root, encoding="unicode").split()).replace(" />", "/>")


def _clean(element: ElementTree.Element) -> None:
    """Strip what a page must not carry and what draws nothing, and say once what all children of a group share."""
    element.tag = element.tag.removeprefix(_SVG)
    for name, value in list(element.attrib.items()):
        if name in _DROPPED or name.startswith(("aria-", "xlink", "version")) or _PLAIN.get(name) == value:
            del element.attrib[name]
        else:
            element.set(name, "none" if value == "transparent" else _short(value, name))
    for child in list(element):
        clear = child.tag == f"{_SVG}rect" and child.get("fill") == "transparent"
        ground = clear or (child.tag == f"{_SVG}path" and child.get("class") in ("background", "foreground"))
        _clean(child)
        if ground or (child.tag == "g" and not len(child)) or child.tag not in {*_GRAPHICS, "g"}:
            element.remove(child)
    if element.tag == "g":
        _hoist(element)
    else:
        _circle(element)
        _place(element)
    # A group that does nothing gives way to what it holds.
    for place, child in reversed(list(enumerate(element))):
        if child.tag == "g" and not child.attrib:
            element[place : place + 1] = list(child)


def _circle(path: ElementTree.Element) -> None:
    """Write a path of two arcs that are a circle around its place as what it is."""
    radius = path.get("d", "").partition(",")[0].removeprefix("M")
    arcs = f"M{radius},0A{radius},{radius},0,1,1,-{radius},0A{radius},{radius},0,1,1,{radius},0"
    if path.tag == "path" and path.get("d") == arcs:
        path.tag = "circle"
        del path.attrib["d"]
        path.set("r", radius)


def _place(mark: ElementTree.Element) -> None:
    """Write where a mark is in its own words, which are shorter than a transformation."""
    head, comma, rest = mark.get("transform", "").removeprefix("translate(").partition(",")
    x, y = head, rest.removesuffix(")")
    if not comma or " " in y or "(" in y:
        return  # turned, too
    if mark.tag == "line":
        mark.tag = "path"
        mark.set("d", f"M{x},{y}l{mark.attrib.pop('x2', '0')},{mark.attrib.pop('y2', '0')}")
    elif mark.tag in ("circle", "text"):
        names = ("cx", "cy") if mark.tag == "circle" else ("x", "y")
        mark.attrib |= dict(zip(names, (x, y), strict=True))
    elif mark.tag == "path" and _STRAIGHT.fullmatch(mark.get("d", "")):
        mark.set("d", _POINT.sub(lambda at: f"{at[1]}{_sum(at[2], x)},{_sum(at[3], y)}", mark.attrib["d"]))
    else:
        return
    del mark.attrib["transform"]


def _sum(*numbers: str) -> str:
    return _tenth(str(sum(map(float, numbers))))


def _hoist(group: ElementTree.Element) -> None:
    """Say on a group what most of its children say, where each says something; a child that differs says its own."""
    for name in _HANDED:
        said = Counter(child.get(name, "") for child in group)
        if said and "" not in said:
            common = said.most_common(1)[0][0]
            group.set(name, common)
            for child in group:
                if child.get(name) == common:
                    del child.attrib[name]


def _short(value: str, name: str) -> str:
    """Return an attribute with its numbers rounded to a tenth of a pixel; colors and words are as they were."""
    if name in ("fill", "stroke") or not any(each.isdigit() for each in value):
        return value
    parts, number = [], ""
    for each in f"{value} ":
        if each.isdigit() or each in ".e" or (each == "-" and number.endswith("e")):
            number += each
            continue
        if number:
            parts.append(_tenth(number))
            number = ""
        parts.append(each)
    return "".join(parts).rstrip()


def _tenth(number: str) -> str:
    try:
        return f"{float(number):.1f}".removesuffix(".0")
    except ValueError:
        return number
