"""From an Altair chart to the SVG of a page: our tokens, no ids, no inline styles, nothing that depends on the day.

The colors are the light tokens as literals; the stylesheet maps them to its variables, so one drawing serves the
light page and the dark one.
"""

from __future__ import annotations

import functools
import importlib.metadata
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from markupsafe import Markup

from advisor.report import drawing_cache
from advisor.report.charts import lettering
from advisor.report.charts.compaction import compact
from advisor.report.charts.compilation import INK, INK_2, NARROW, PAPER, RULE, WIDE, Layers, Rows, code

__all__ = [
    "COLORS", "INK", "INK_2", "NARROW", "PAPER", "RULE", "SHAPES", "WIDE", "Drawing", "Layers", "Rows", "color", "draw",
]  # fmt: skip

COLORS = {"pytorch": "#bc5416", "tensorflow": "#1b4898", "jax": "#157f76", "keras": "#7a1b52"}
SHAPES = ("circle", "square", "triangle", "diamond")

_NOTHING = Markup()
_DRAWN = 512
_SVG = "{http://www.w3.org/2000/svg}"
_DROPPED = frozenset({"id", "class", "style", "role", "font-family", "pointer-events", "cursor"})
_LONG = re.compile(r"-?\d+\.\d{3,}")


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


def _svg(layers: Layers, height: int, rows: Rows, kind: str, width: int, label: str) -> Markup:
    data = [{**each, "values": rows[each["name"]]} if each["name"] in rows else each for each in layers["data"]]
    return _drawn(json.dumps({**layers, "height": height, "data": data}), kind, width, label)


@functools.lru_cache(_DRAWN)
def _drawn(spec: str, kind: str, width: int, label: str) -> Markup:
    """Draw one specification; a site that is served is built many times, and few of its charts change."""
    drawn = drawing_cache.piece(lambda: _render(spec, kind, width, label), _renderer(), code(), spec, kind, label)
    return Markup(drawn)  # noqa: S704 - as below


@functools.cache
def _renderer() -> str:
    return f"vl-convert {importlib.metadata.version('vl-convert-python')}"


def _render(spec: str, kind: str, width: int, label: str) -> str:
    import vl_convert

    root = ElementTree.fromstring(vl_convert.vega_to_svg(spec))  # noqa: S314 - our own renderer's output
    lettering.show(root, width)
    _clean(root)
    root.attrib |= {"class": kind, "role": "img", "aria-label": label}
    root.attrib.pop("version", None)
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    # Serialised XML: whatever text was in the rows is escaped, so that no text ends a tag.
    return " ".join(text.split()).replace(" />", "/>")


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
    compact(root)


def _empty(parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Yield children that draw nothing: Vega's groups for event handling and backgrounds."""
    for child in parent:
        name = child.tag.removeprefix(_SVG)
        ground = name == "path" and child.get("class") in ("background", "foreground")
        if ground or name in ("defs", "style", "title"):
            yield child
