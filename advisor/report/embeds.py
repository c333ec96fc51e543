"""Pieces of our pages in pages that somebody writes: an answer, a chart, a table.

A line of its own such as ``[advisor: verdict edge]`` is replaced by the MkDocs plugin. For engines without plugins
``advisor site embed FILE.md`` writes the piece between two comments, and writes it anew there whenever it is called:

.. code-block:: html

    <!-- advisor: verdict edge -->
    The answer belongs here: `advisor site embed` writes it.
    <!-- /advisor -->
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from advisor import resources
from advisor.errors import AdvisorError
from advisor.report import links
from advisor.report.host_theme import ROOT

Pieces = Mapping[str, Mapping[tuple[str, str], str]]
"""The pieces of every page, by the page's name, and by kind and name of the piece."""

KINDS = ("verdict", "chart", "table")
_HINT = "write 'verdict PROFILE', 'chart PAGE NAME' or 'table PAGE NAME'"
LINE = re.compile(r"\[advisor:([^\]<>]*)\]", re.IGNORECASE)
# What an author wrote: a paragraph of nothing but such lines, as Markdown engines write it.
_LINES = re.compile(rf"<p>\s*((?:{LINE.pattern}(?:\s|<br ?/?>)*)+)</p>", re.IGNORECASE)
_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)
_BETWEEN = re.compile(r"<!-- advisor:([^>]*?)-->.*?<!-- /advisor -->", re.DOTALL)
_ALONE = re.compile(rf"^{LINE.pattern}[ \t]*$", re.IGNORECASE | re.MULTILINE)
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)


def found(line: str, pieces: Pieces) -> tuple[str, str]:
    """Return the page of what a line such as ``chart edge lead`` stands for, and its HTML.

    Raises
    ------
    AdvisorError
        When it names something that no page has; the message says what there is.
    """
    kind, _, rest = " ".join(line.split()).partition(" ")
    page, _, name = rest.partition(" ")
    stem = page if page in pieces else f"profile-{page}"
    if kind not in KINDS or not page or (kind == "verdict" and name):
        raise AdvisorError(f"'[advisor:{line}]' is no piece of a page", hint=_HINT)
    if stem not in pieces:
        near = ", ".join(get_close_matches(page, [each.removeprefix("profile-") for each in pieces]))
        answers = ", ".join(each.removeprefix("profile-") for each in pieces if each.startswith("profile-"))
        others = f"answers there are for {answers or 'none'}; a page that is none has the name that is in its address"
        raise AdvisorError(f"'[advisor:{line}]': no such page", hint=f"did you mean {near}?" if near else others)
    there = {of: html for (kinds, of), html in pieces[stem].items() if kinds == kind}
    if name not in there:
        names = ", ".join(sorted(there)) or "none"
        wrong = f"has no such {kind}" if name or kind == "verdict" else f"has {kind}s of several names"
        raise AdvisorError(f"'[advisor:{line}]': the page {stem} {wrong}; there are: {names}")
    return stem, there[name]


def replaced(html: str, pieces: Pieces, address: links.Address) -> str:
    """Return the HTML of a hand-written page with every such line, and what stands between comments, replaced."""
    sprites = iter([sprite()])

    def put(line: str) -> str:
        return f"{_wrapped(next(sprites, '') + _piece(line, pieces, address))}"

    html = _BETWEEN.sub(lambda match: put(match[1]), html)
    return _LINES.sub(lambda match: "\n".join(put(line) for line in LINE.findall(match[1])), html)


def left(html: str) -> list[str]:
    """Return the lines of a page's content that stay as they are written, though they are no code: amid other text."""
    return [match[0] for match in LINE.finditer(_CODE.sub("", _LINES.sub("", html)))]


def written(text: str, pieces: Pieces, address: links.Address) -> tuple[str, int]:
    """Return Markdown with the pieces between its comments, and how many; a line becomes such a pair of comments."""
    count, sprites = 0, iter([sprite()])

    def put(line: str) -> str:
        nonlocal count
        count += 1
        html = _wrapped(next(sprites, "") + _piece(line, pieces, address))
        # A blank line would end the block of HTML.
        body = "\n".join(each for each in html.split("\n") if each.strip())
        return f"<!-- advisor: {' '.join(line.split())} -->\n{body}\n<!-- /advisor -->"

    def outside(part: str) -> str:
        between = _BETWEEN.sub(lambda match: put(match[1]), part)
        return _ALONE.sub(lambda match: put(match[1]), between)

    return _outside_code(text, outside), count


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    parts, at = [], 0
    for match in _FENCED.finditer(text):
        parts += [change(text[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*parts, change(text[at:])])


def _piece(line: str, pieces: Pieces, address: links.Address) -> str:
    page, html = found(line, pieces)
    return links.taken(html, f"{page}.html", address)


def _wrapped(html: str) -> str:
    return f'<section class="{ROOT}">\n{html}\n</section>'


def sprite() -> str:
    """Return every sign that our pages use, once for a page."""
    signs = (resources.templates() / "site" / "sprite.svg").read_text(encoding="utf-8")
    return f'<div class="sprite" aria-hidden="true">{signs.strip()}</div>'
