"""A small reader of our own HTML: a tree of elements, with the text in order."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    """An element: its name, its attributes, and its children, which are elements or texts."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def find(self, name: str) -> list[Element]:
        return [each for each in self.walk() if each.name == name]

    def one(self, name: str) -> Element:
        (found,) = self.find(name)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document")
        self.open = [self.root]
        self.cited = ""

    def whole(self, reference: str) -> str:
        """Return a place in a document with the document that a table names, or with the place of the figure before."""
        if reference.startswith("#"):
            table = next(each for each in reversed(self.open) if "data-of" in each.attributes)
            return table.attributes["data-of"] + reference
        return reference if "#" in reference or ":" in reference else f"{self.cited.rpartition('/')[0]}/{reference}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        if "data-from" in element.attributes:
            element.attributes["data-from"] = self.cited = self.whole(element.attributes["data-from"])
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}> at {self.getpos()}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(path: Path) -> Element:
    """Return the tree of a page; every tag must be closed where it should be."""
    return parse(path.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=1024)
def parse(text: str) -> Element:
    """Return the tree of some HTML, which nobody changes: a dozen of tests look at every page of one site."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert [each.name for each in reader.open] == ["#document"]
    return reader.root


_CODE = "document.documentElement.dataset.pwned=1"
EVIL_TITLE = f"&lt;/title&gt;</title><script>{_CODE}</script>\"'><img src=x onerror={_CODE}>"
"""A title that runs in a page that prints it as HTML, also one that takes it out of tags and of escapes first."""


class _Running(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [name for name, value in attrs if name.startswith("on") and value == _CODE]

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script" and data.strip() == _CODE:
            self.found.append("script")


def what_runs(text: str) -> list[str]:
    """Return where the code of `EVIL_TITLE` would run in a page of any theme."""
    reader = _Running()
    reader.feed(text)
    reader.close()
    return reader.found
