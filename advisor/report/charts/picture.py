"""From an Altair chart to the SVG of a page: no ids, no styles, nothing that depends on the machine or the day."""

from __future__ import annotations

import functools
import importlib.metadata
import json
from collections.abc import Callable
from dataclasses import dataclass
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
_PLAIN = {"opacity": "1", "stroke-width": "1", "stroke-miterlimit": "10", "text-anchor": "start"}
_HANDED = ("fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "text-anchor")
_GRAPHICS = frozenset({"path", "line", "rect", "text", "circle"})
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


@functools.lru_cache(512)
def _drawn(spec: str, kind: str, label: str) -> Markup:
    """Draw one specification; a site that is served is built many times, and few of its charts change."""
    svg = drawing_cache.piece(lambda: _render(spec, kind, label), _renderer(), spec, kind, label)
    # Serialised XML: whatever text was in the frame is escaped, so that no text ends a tag.
    return Markup(svg)  # noqa: S704


@functools.cache
def _renderer() -> str:
    return f"vl-convert {importlib.metadata.version('vl-convert-python')}, 2"


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
    # A group that does nothing gives way to what it holds.
    for place, child in reversed(list(enumerate(element))):
        if child.tag == "g" and not child.attrib:
            element[place : place + 1] = list(child)


def _hoist(group: ElementTree.Element) -> None:
    for name in _HANDED:
        said = {child.get(name) for child in group}
        if len(said) == 1 and None not in said:
            group.set(name, str(said.pop()))
            for child in group:
                del child.attrib[name]
    # The renderer moves each group by whole pixels; those that are not moved need not say so.
    if group.get("transform") == "translate(0,0)":
        del group.attrib["transform"]


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
