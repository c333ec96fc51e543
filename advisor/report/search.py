"""The search index: every section of every built page, with the words that stand in it, as one script."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from mkdocs.structure.pages import Page

NAME = "search-index.js"
_SILENT = frozenset({"svg", "script", "style", "footer"})
_WORD = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*")
_LONGEST = 40


@dataclass
class Entry:
    """One section: where it is, which page it belongs to, its heading (empty for the page's head), and its words."""

    address: str
    page: str
    section: str = ""
    words: set[str] = field(default_factory=set)


def entries(page: Page) -> list[Entry]:
    """Return the sections of a page that MkDocs has rendered."""
    reader = _Sections(page)
    reader.feed(page.content or "")
    reader.close()
    return reader.entries


def write(folder: Path, found: list[Entry]) -> None:
    """Write the index of these sections beside the pages."""
    rows: list[dict[str, Any]] = [vars(each) | {"words": sorted(each.words)} for each in found]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    (folder / NAME).write_text(f"window.advisorSearchIndex = {text};\n", encoding="utf-8", newline="\n")


class _Sections(HTMLParser):
    """Gathers the words under each heading of the table of contents."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._address, self._page = page.url, str(page.title)
        self._titles = {item.id: unescape(item.title) for item in page.toc}
        self._silent: list[str] = []
        self.entries = [Entry(self._address, self._page)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        anchor = dict(attrs).get("id")
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag == "h2" and anchor in self._titles:
            self.entries.append(Entry(f"{self._address}#{anchor}", self._page, self._titles[anchor]))

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            # Numbers are not searched for: they would make up most of the index.
            words = (word.lower() for word in _WORD.findall(data) if not word[0].isdigit() and len(word) < _LONGEST)
            self.entries[-1].words.update(words)
