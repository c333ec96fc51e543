"""The same picture in fewer characters: each mark in its place in the whole drawing, and what looks alike written once.

The renderer writes a mark as an element of its own, in groups within groups, with all its attributes. Marks of one
layer that differ in nothing but their place share a path (rectangles, lines, symbols) or a group (circles, texts);
texts of one character on one line share their element. Places are rounded to a tenth of a pixel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

_MOVE = re.compile(r"translate\((-?[\d.e-]+),\s*(-?[\d.e-]+)\)\s*")
_ARCS = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0")
_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")
# What SVG takes where nothing is said; the first two are said once, for the whole drawing.
_PLAIN = {
    "fill": "none", "font-size": "12", "opacity": "1", "stroke": "none", "stroke-width": "1", "text-anchor": "start",
    "font-weight": "normal", "stroke-miterlimit": "10",
}  # fmt: skip
_WHOLE = ("fill", "font-size")

Style = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Mark:
    """One mark: its element's name, where it is (in the words of its element), its text, and how it looks."""

    tag: str
    place: tuple[str, ...]
    text: str
    style: Style


def compact(root: ElementTree.Element) -> None:
    """Rewrite a drawing in place; its elements have no namespace, and text and shape are all that they hold."""
    layers = list(_layers(root, 0.0, 0.0, {}))
    for child in list(root):
        root.remove(child)
    root.attrib |= {name: _PLAIN[name] for name in _WHOLE}
    for layer in layers:
        root.extend(_written(layer))


def _layers(
    group: ElementTree.Element, x: float, y: float, worn: dict[str, str]
) -> Iterator[list[_Mark | ElementTree.Element]]:
    """Yield the marks of every group in the order in which they are drawn, each in its place in the whole."""
    marks: list[_Mark | ElementTree.Element] = []
    for child in group:
        across, down, rest = _moved(child, x, y)
        if child.tag == "g" and not rest:
            if marks:
                yield marks
                marks = []
            yield from _layers(child, across, down, worn | _own(child, "transform"))
        else:
            marks.append(_mark(child, across, down, rest, worn))
    if marks:
        yield marks


def _moved(element: ElementTree.Element, x: float, y: float) -> tuple[float, float, str]:
    """Return where an element begins, and what else happens to it."""
    told = element.get("transform", "")
    found = _MOVE.match(told)
    return (x + float(found[1]), y + float(found[2]), told[found.end() :]) if found else (x, y, told)


def _own(element: ElementTree.Element, *without: str) -> dict[str, str]:
    return {name: value.removesuffix("px") for name, value in element.attrib.items() if name not in without}


def _mark(
    element: ElementTree.Element, x: float, y: float, rest: str, worn: dict[str, str]
) -> _Mark | ElementTree.Element:
    simple = not rest and not len(element)
    if simple and element.tag == "line":
        ends = (float(element.get(name, "0")) for name in ("x2", "y2"))
        d = "M0,0L{},{}".format(*ends)
        return _Mark("path", (_shape(d, x, y),), "", _style(worn | _own(element, "transform", "x2", "y2")))
    if simple and element.tag == "path":
        d = element.get("d", "")
        if arcs := _ARCS.fullmatch(d):
            style = _style(worn | _own(element, "transform", "d") | {"r": _short(float(arcs[1]))})
            return _Mark("circle", (_short(x), _short(y)), "", style)
        if re.fullmatch(r"[MLHVhvlZz\d.,\s e-]*", d):
            return _Mark("path", (_shape(d, x, y),), "", _style(worn | _own(element, "transform", "d")))
    if simple and element.tag == "text":
        return _Mark("text", (_short(x), _short(y)), element.text or "", _style(worn | _own(element, "transform")))
    # Turned, or of several parts: as it is, but for its place.
    kept = ElementTree.Element(element.tag, dict(_style(worn | _own(element, "transform"))))
    kept.set("transform", f"translate({_short(x)},{_short(y)}){rest}")
    kept.text = element.text
    kept.extend(element)
    return kept


def _style(worn: dict[str, str]) -> Style:
    """Return how a mark looks, without what goes without saying."""
    said = {name: value for name, value in worn.items() if _PLAIN.get(name) != value}
    if "stroke" not in said:
        said = {name: value for name, value in said.items() if not name.startswith("stroke-")}
    return tuple(sorted(said.items()))


def _written(layer: list[_Mark | ElementTree.Element]) -> list[ElementTree.Element]:
    """Return the elements of one layer; marks that look alike stand together, in the order of the first of them."""
    alike: dict[tuple[str, Style], list[_Mark]] = {}
    found: list[ElementTree.Element] = []
    for mark in layer:
        if isinstance(mark, _Mark):
            alike.setdefault((mark.tag, mark.style), []).append(mark)
        else:
            found.append(mark)
    for (tag, style), marks in alike.items():
        own = {name: value for name, value in style if name == "r"}
        shared = {name: value for name, value in style if name != "r"}
        if tag == "path":
            written = [_element("path", {"d": "".join(mark.place[0] for mark in marks)})]
        elif tag == "circle":
            written = [_element("circle", {"cx": mark.place[0], "cy": mark.place[1], **own}) for mark in marks]
        else:
            written = list(_texts(marks))
        if len(written) == 1:
            written[0].attrib |= shared
            found += written
        else:
            group = _element("g", shared)
            group.extend(written)
            found.append(group)
    return found


def _texts(marks: list[_Mark]) -> Iterator[ElementTree.Element]:
    """Yield the texts; single letters and digits on one line are one text, in which each has its own place."""
    lines: dict[str, list[_Mark]] = {}
    for mark in marks:
        single = len(mark.text) == 1 and mark.text.isascii() and mark.text.isalnum()
        lines.setdefault(mark.place[1] if single else f"{len(lines)} alone", []).append(mark)
    for line in lines.values():
        place = {"x": " ".join(mark.place[0] for mark in line), "y": line[0].place[1]}
        yield _element("text", place, "".join(mark.text for mark in line))


def _element(tag: str, attributes: dict[str, str], text: str | None = None) -> ElementTree.Element:
    made = ElementTree.Element(tag, attributes)
    made.text = text
    return made


def _shape(d: str, x: float, y: float) -> str:
    """Return a path of straight lines moved to its place, in steps from corner to corner."""
    tokens, written = _TOKEN.findall(d), []
    here, now, command, at = (x, y), (0.0, 0.0), "", 0
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
        if command in "Zz":
            written.append("Z")
            continue
        size = 1 if command in "HhVv" else 2
        numbers = [float(each) for each in tokens[at : at + size]]
        at += size
        base = here if command.islower() else (x, y)
        across = numbers[0] if command not in "Vv" else here[0] - base[0]
        down = numbers[-1] if command not in "Hh" else here[1] - base[1]
        here = (base[0] + across, base[1] + down)
        there = (_tenth(here[0]), _tenth(here[1]))
        written.append(_step(command, now, there))
        now = there
        command = {"M": "L"}.get(command, command)
    return "".join(written)


def _step(command: str, now: tuple[float, float], there: tuple[float, float]) -> str:
    if command == "M":
        return f"M{_short(there[0])},{_short(there[1])}"
    across, down = there[0] - now[0], there[1] - now[1]
    if not _tenth(down):
        return f"h{_short(across)}"
    return f"l{_short(across)},{_short(down)}" if _tenth(across) else f"v{_short(down)}"


def _tenth(value: float) -> float:
    return round(value, 1)


def _short(value: float) -> str:
    """Return a number with at most one decimal, without a sign where it is zero."""
    return f"{_tenth(value) + 0.0:.1f}".removesuffix(".0")
