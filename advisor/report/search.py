"""The search index: every section of every built page, with the words that stand in it, as one script."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAME = "search-index.js"
_BEGINS, _ENDS = "window.advisorSearchIndex = ", ";\n"
_MAIN = re.compile(r"<main\b.*?</main>", re.DOTALL)
_SILENT = re.compile(r"<(svg|script|style|footer)\b.*?</\1>|<a [^>]*class=\"anchor\".*?</a>", re.DOTALL)
_HEADING = re.compile(r'<h2\b[^>]*?\bid="([^"]*)"[^>]*>(.*?)</h2>', re.DOTALL)
_NAMES = re.compile(r'<(?:h1\b[^>]*|p class="crumb")>(.*?)</(?:h1|p)>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*")


@dataclass
class Entry:
    """One section: where it is, which page it belongs to, its heading (empty for the page's head), and its words."""

    address: str
    page: str
    section: str = ""
    words: dict[str, None] = field(default_factory=dict)


def write(folder: Path, taken: Collection[str] = (), before: str | None = None) -> None:
    """Read the built pages in `folder` and write the index beside them.

    Pages that were `taken` over from an earlier build are not read again where the index `before` has them.
    """
    known: dict[str, list[dict[str, Any]]] = {}
    if taken and before is not None:
        for row in json.loads(before.removeprefix(_BEGINS).removesuffix(_ENDS)):
            known.setdefault(row["address"].partition(".html")[0], []).append(row)
    rows = []
    for page in sorted(folder.glob("*.html")):
        found = known.get(page.stem) if page.stem in taken else None
        rows += [_row(entry) for entry in _entries(page)] if found is None else found
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    (folder / NAME).write_text(f"{_BEGINS}{text}{_ENDS}", encoding="utf-8", newline="\n")


def _row(entry: Entry) -> dict[str, Any]:
    return {"address": entry.address, "page": entry.page, "section": entry.section, "words": sorted(entry.words)}


def _entries(page: Path) -> list[Entry]:
    """Return the entries of one page; its HTML is our own, so that patterns are enough to read it, and much faster."""
    found = _MAIN.search(page.read_text(encoding="utf-8"))
    if found is None:
        return []
    head, *rest = _HEADING.split(_SILENT.sub(" ", found[0]))
    # The page's short name ends its way from the first page; the first page has no way, and its heading tells.
    names = [_text(each) for each in _NAMES.findall(head)]
    name = names[0].rpartition(" / ")[2] if names else page.stem
    entries = [Entry(page.name, name, "", _words(head))]
    for anchor, heading, body in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        entries.append(Entry(f"{page.name}#{anchor}", name, _text(heading), _words(f"{heading} {body}")))
    return entries


def _text(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", markup)).split())


def _words(markup: str) -> dict[str, None]:
    """Return the words of a piece of HTML; numbers are not searched for: they would make up most of the index."""
    found = _WORD.findall(html.unescape(_TAG.sub(" ", markup)))
    return dict.fromkeys(word.lower() for word in found if not word[0].isdigit() and len(word) < 40)
