"""Our one extension of Python-Markdown: every second-level heading opens a labelled section and carries a link."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

_PLACEHOLDER = re.compile("\x02wzxhzdk:(\\d+)\x03")


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
        found = _PLACEHOLDER.fullmatch((element.text or "").strip())
        if not found:
            return False
        return str(self.md.htmlStash.rawHtmlBlocks[int(found[1])]).lstrip().startswith(("<footer", "<section"))


class SectionsExtension(Extension):
    """Wrap what follows each ``##`` heading into ``<section aria-labelledby>``; needs ``toc`` for the ids."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        """Register the tree processor after ``toc`` (priority 5) has given the headings their ids."""
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
    text = re.sub("\x02(\\d+)\x03", lambda found: chr(int(found[1])), text)
    return _PLACEHOLDER.sub("", re.sub("\x02[a-z]+:\\d+\x03", "", text)).strip()
