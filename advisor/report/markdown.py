"""Our one extension of Python-Markdown: every second-level heading opens a labelled section and carries a link.

Blocks of HTML are set aside before Python-Markdown parses them tag by tag, which would take most of a build.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

# Where a block of HTML may be cut, because what follows belongs to no section.
_CUT = re.compile(r"\n?(?=<(?:footer|section)\b)")


class _Blocks(Preprocessor):
    """Sets aside every run of lines from a block-level tag to the next empty line, which CommonMark takes as HTML.

    In `alone` are the places of raw sections and footers, which belong to no other section.
    """

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.alone: set[str] = set()

    def run(self, lines: list[str]) -> list[str]:
        self.alone.clear()
        chunks = "\n".join(lines).split("\n\n")
        return "\n\n".join(part for chunk in chunks for part in self._kept(chunk)).split("\n")

    def _kept(self, chunk: str) -> list[str]:
        text = chunk.strip("\n")
        tag = re.match(r"</?([a-z][a-z0-9]*)\b", text)
        if not tag or not self.md.is_block_level(tag[1]):
            return [chunk]
        return [self._stored(part) for part in _CUT.split(text) if part]

    def _stored(self, part: str) -> str:
        place = self.md.htmlStash.store(part)
        if part.startswith(("<footer", "<section")):
            self.alone.add(place)
        return place


class _Sections(Treeprocessor):
    def __init__(self, md: Markdown, blocks: _Blocks) -> None:
        super().__init__(md)
        self.blocks = blocks

    def run(self, root: Element) -> None:
        names = {each["id"]: each["name"] for each in _tokens(self.md.toc_tokens)}  # type: ignore[attr-defined]
        children = list(root)
        for child in children:
            root.remove(child)
        here = root
        for child in children:
            if child.tag == "h2":
                identifier = child.get("id", "")
                here = SubElement(root, "section", {"aria-labelledby": identifier})
                if identifier in ("against",):
                    here.set("class", identifier)
                link = SubElement(child, "a", {"class": "anchor", "href": f"#{identifier}"})
                link.set("aria-label", f"Link to “{html.unescape(names.get(identifier, identifier))}”")
                link.text = "#"
                link.tail = ""
                _last_text(child, link, " ")
            elif (child.text or "").strip() in self.blocks.alone:
                here = root
            here.append(child)


def _tokens(tokens: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield every heading of the table of contents as ``toc`` keeps it."""
    for each in tokens:
        yield each
        yield from _tokens(each["children"])


class SectionsExtension(Extension):
    """Wrap what follows each ``##`` heading into ``<section aria-labelledby>``; needs ``toc`` for the ids."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        """Register before Python-Markdown's own HTML blocks (20), and after ``toc`` (5) has given the ids."""
        blocks = _Blocks(md)
        md.preprocessors.register(blocks, "advisor-blocks", 25)
        md.treeprocessors.register(_Sections(md, blocks), "advisor-sections", 2)


def makeExtension(**options: Any) -> SectionsExtension:  # noqa: N802 - the name is Python-Markdown's
    """Return the extension; Python-Markdown looks for this name."""
    return SectionsExtension(**options)


def _last_text(parent: Element, before: Element, text: str) -> None:
    """Put `text` between the last text of `parent` and its child `before`."""
    siblings = list(parent)
    index = siblings.index(before)
    if index:
        siblings[index - 1].tail = (siblings[index - 1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
