"""The search index: every section of every built page, with the words that stand in it, as one script."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

NAME = "search-index.js"
_SILENT = frozenset({"svg", "script", "style", "footer"})
_WORD = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*")


@dataclass
class Entry:
    """One section: where it is, which page it belongs to, its heading (empty for the page's head), and its words."""

    address: str
    page: str
    section: str = ""
    words: dict[str, None] = field(default_factory=dict)


def write(folder: Path) -> None:
    """Read the built pages in `folder` and write the index beside them."""
    entries = [entry for page in sorted(folder.glob("*.html")) for entry in _entries(page)]
    rows = [
        {"address": each.address, "page": each.page, "section": each.section, "words": sorted(each.words)}
        for each in entries
    ]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    (folder / NAME).write_text(f"window.advisorSearchIndex = {text};\n", encoding="utf-8", newline="\n")


def _entries(page: Path) -> list[Entry]:
    reader = _Reader(page.name)
    reader.feed(page.read_text(encoding="utf-8"))
    reader.close()
    for entry in reader.entries:
        entry.page = reader.page
        entry.section = " ".join(entry.section.split()).removesuffix("#").strip()
    return reader.entries


class _Reader(HTMLParser):
    """Reads the main part of one page, section by section."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.entries: list[Entry] = []
        self.title = ""
        self.crumb = ""
        self.name = name
        self.silent = 0
        self.inside = False
        self.heading = ""

    @property
    def page(self) -> str:
        """Return the page's short name, which ends its way from the first page; else its heading."""
        return " ".join((self.crumb.rpartition("/")[2] or self.title).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "main":
            self.inside = True
            self.entries.append(Entry(self.name, ""))
        if not self.inside:
            return
        self.silent += tag in _SILENT
        if tag in ("h1", "h2"):
            self.heading = tag
        elif attributes.get("class") == "crumb":
            self.heading = "p"
        if tag == "h2":
            self.entries.append(Entry(f"{self.name}#{attributes.get('id') or ''}", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.inside = False
        elif self.inside:
            self.silent -= tag in _SILENT
            self.heading = "" if tag == self.heading else self.heading

    def handle_data(self, data: str) -> None:
        if not self.inside or self.silent:
            return
        if self.heading == "h1":
            self.title += data
        elif self.heading == "p":
            self.crumb += data
        elif self.heading == "h2":
            self.entries[-1].section += data
        # Numbers are not searched for: they would make up most of the index.
        found = (word.lower() for word in _WORD.findall(data) if not word[0].isdigit() and len(word) < 40)
        self.entries[-1].words.update(dict.fromkeys(found))
