"""Text on a drawing, without a font: nothing is measured, so that two machines draw the same, and quickly.

The renderer measures every text with whatever font the machine has, which takes three quarters of a drawing's time and
moves it by pixels from one machine to the next; the page shows the text in the reader's own font anyway. So the
renderer is handed texts of no size, each with its true size in the place of its font. It leaves them where they
stand; afterwards each gets its size back, marks are cut where they would leave the drawing, and the drawing is made
large enough for its labels.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

# From a baseline to the alphabetic one, in parts of the font's size: the renderer's own figures.
_BASELINES = {"alphabetic": 0.0, "top": 0.79, "middle": 0.3, "bottom": -0.21}
_ABOVE, _BELOW = 0.8, 0.22
_SIZE = 12
_CUT = "cut"
_MARGIN = 4
_SLIM, _BROAD = frozenset(" .,:;'|!()[]ijlftI"), frozenset("mwMW@%")
_MOVE = re.compile(r"translate\((-?[\d.e-]+),(-?[\d.e-]+)\)")


def hide(spec: Any) -> None:
    """Take their size from all texts of a Vega-Lite specification that stand where no measure is needed, in place.

    Those are text marks, and the labels of horizontal axes whose values are given: everything else (labels that may
    be left out where they overlap, a title beside labels) is laid out by measure, and stays as it is.
    """
    if isinstance(spec, list):
        for each in spec:
            hide(each)
    if not isinstance(spec, dict):
        return
    mark = spec.get("mark")
    if isinstance(mark, dict) and mark.get("type") == "text" and "size" not in spec.get("encoding", {}):
        _hide_mark(mark)
    axis = spec.get("encoding", {}).get("x", {}).get("axis") if isinstance(spec.get("encoding"), dict) else None
    if isinstance(axis, dict) and axis.get("values") and axis.get("orient", "bottom") == "bottom":
        _hide_axis(axis)
    for key, each in spec.items():
        if key != "datasets":
            hide(each)


def _hide_mark(mark: dict[str, Any]) -> None:
    size, down = mark.get("fontSize", _SIZE), mark.get("dy", 0)
    baseline = _BASELINES.get(mark.get("baseline", "middle"))
    plain = isinstance(size, (int, float)) and isinstance(down, (int, float))
    if not plain or baseline is None or mark.get("angle"):
        return
    # What stands to the left of a plot, as the labels of a vertical axis do, is given room instead.
    beside = mark.get("align") == "right" and "limit" not in mark
    mark.pop("limit", None)
    mark |= {
        "font": f"{size:g}" if beside else f"{size:g} {_CUT}",
        "fontSize": 0,
        "baseline": "alphabetic",
        "dy": down + _round(baseline * size),
    }


def _hide_axis(axis: dict[str, Any]) -> None:
    drop = _round(_BASELINES["top"] * _SIZE)
    axis |= {
        "labelFont": f"{_SIZE}", "labelFontSize": 0, "labelBaseline": "alphabetic",
        "labelPadding": axis.get("labelPadding", 6) + drop,
        "titleFont": f"{_SIZE}", "titleFontSize": 0, "titleBaseline": "alphabetic", "titlePadding": 9 + drop,
    }  # fmt: skip


def show(root: ElementTree.Element, width: int) -> None:
    """Give every text its size back; cut the marks that would leave a drawing of `width` pixels; make room for all."""
    _, _, across, down = (float(number) for number in str(root.get("viewBox")).split())
    left, top, right, bottom = 0.0, 0.0, across, down
    for element, x, y in _texts(root):
        if element.get("font-size") != "0px":
            continue
        told, _, how = element.get("font-family", f"{_SIZE}").partition(" ")
        size = float(told)
        element.set("font-size", f"{size:g}px")
        bold, anchor = element.get("font-weight") == "bold", element.get("text-anchor", "start")
        room = {"start": width - _MARGIN - x, "end": x - _MARGIN}.get(anchor, 2 * min(x, width - x))
        if how == _CUT:
            element.text = _cut(element.text or "", room, size, bold=bold)
        wide = _wide(element.text or "", size, bold=bold)
        start = x - wide * {"start": 0.0, "end": 1.0}.get(anchor, 0.5)
        left, right = min(left, start - _MARGIN), max(right, start + wide + _MARGIN)
        top, bottom = min(top, y - _ABOVE * size), max(bottom, y + _BELOW * size + _MARGIN)
    box = (math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
    root.set("viewBox", f"{box[0]} {box[1]} {box[2] - box[0]} {box[3] - box[1]}")
    root.set("width", f"{box[2] - box[0]}")
    root.set("height", f"{box[3] - box[1]}")


def _texts(
    element: ElementTree.Element, x: float = 0.0, y: float = 0.0
) -> Iterator[tuple[ElementTree.Element, float, float]]:
    """Yield every text with where it stands in the whole drawing."""
    move = _MOVE.fullmatch(element.get("transform", ""))
    if move:
        x, y = x + float(move[1]), y + float(move[2])
    if element.tag.rpartition("}")[2] == "text":
        yield element, x, y
    for child in element:
        yield from _texts(child, x, y)


def wrapped(text: str, room: float, size: float, *, most: int = 3) -> list[str]:
    """Return a text as at most `most` lines that fit into `room` pixels; the last holds the rest, and may be cut."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if not lines[-1] or len(lines) == most or _wide(longer, size, bold=False) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cut(text: str, room: float, size: float, *, bold: bool) -> str:
    if _wide(text, size, bold=bold) <= room:
        return text
    used, kept = _wide("…", size, bold=bold), 0
    for character in text:
        used += _wide(character, size, bold=bold)
        if used > room:
            break
        kept += 1
    return text[:kept].rstrip() + "…"


def _wide(text: str, size: float, *, bold: bool) -> float:
    """Return about how wide a text is in a common sans-serif font."""
    return sum(map(_part, text)) * size * (1.06 if bold else 1.0)


def _part(character: str) -> float:
    if character in _SLIM:
        return 0.3
    if character in _BROAD:
        return 0.87
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return 0.68 if character.isupper() else 0.55


def _round(value: float) -> int:
    """Round as the renderer does: halves go up."""
    return math.floor(value + 0.5)
