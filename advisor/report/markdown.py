"""Our one extension of Python-Markdown: every second-level heading opens a labelled section and carries a link.

Blocks of HTML are set aside before Python-Markdown parses them tag by tag, which would take most of a build.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor, UnescapeTreeprocessor
from markdown.util import HTML_PLACEHOLDER_RE, INLINE_PLACEHOLDER_RE

# Where a block of HTML may be cut, because what follows belongs to no section.
_CUT = re.compile(r"\n?(?=<(?:footer|section)\b)")


class _Blocks(Preprocessor):
    """Sets aside every run of lines from a block-level tag to the next empty line, which CommonMark takes as HTML."""

    def run(self, lines: list[str]) -> list[str]:
        chunks = "\n".join(lines).split("\n\n")
        return "\n\n".join(part for chunk in chunks for part in self._kept(chunk)).split("\n")

    def _kept(self, chunk: str) -> list[str]:
        text = chunk.strip("\n")
        tag = re.match(r"</?([a-z][a-z0-9]*)\b", text)
        if not tag or not self.md.is_block_level(tag[1]):
            return [chunk]
        return [self.md.htmlStash.store(part) for part in _CUT.split(text) if part]


class _Sections(Treeprocessor):
    def run(self, root: Element) -> None:
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
                name = "".join(child.itertext())
                link = SubElement(child, "a", {"class": "anchor", "href": f"#{identifier}"})
                link.set("aria-label", f"Link to “{_plain(name)}”")
                link.text = "#"
                link.tail = ""
                _last_text(child, link, " ")
            elif self._stands_alone(child):
                here = root
            here.append(child)

    def _stands_alone(self, element: Element) -> bool:
        """Return whether `element` is a raw section or footer, which belongs to no other section."""
        found = HTML_PLACEHOLDER_RE.fullmatch((element.text or "").strip())
        if not found:
            return False
        return str(self.md.htmlStash.rawHtmlBlocks[int(found[1])]).lstrip().startswith(("<footer", "<section"))


class SectionsExtension(Extension):
    """Wrap what follows each ``##`` heading into ``<section aria-labelledby>``; needs ``toc`` for the ids."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        """Register before Python-Markdown's own HTML blocks (20), and after ``toc`` (5) has given the ids."""
        md.preprocessors.register(_Blocks(md), "advisor-blocks", 25)
        md.treeprocessors.register(_Sections(md), "advisor-sections", 2)


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


def _plain(text: str) -> str:
    """Return a heading's text without Python-Markdown's own placeholders for escaped characters and raw HTML."""
    text = UnescapeTreeprocessor().unescape(text)
    return str(HTML_PLACEHOLDER_RE.sub("", INLINE_PLACEHOLDER_RE.sub("", text))).strip()
