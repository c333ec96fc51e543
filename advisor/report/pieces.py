"""Pieces of our pages in a team's own: one line of a hand-written page becomes a verdict, a chart or a table.

A line ``[advisor: verdict edge]``, ``[advisor: chart edge contributions]`` or ``[advisor: table claims by-kind]``, in a
paragraph of its own or of several such lines; a site without the plugin shows the line as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from advisor.errors import AdvisorError

_LINE = re.compile(r"\[advisor:([^\]<>]*)\]", re.IGNORECASE)
_LINES = re.compile(rf"<p>\s*((?:{_LINE.pattern}(?:\s|<br ?/?>)*)+)</p>", re.IGNORECASE)
_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)
_VERDICT = re.compile(r'<div class="answer">.*?</div>', re.DOTALL)
_TITLE = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
_CHART = re.compile(r'<figure class="chart" id="fig-([^"]*)">.*?</figure>', re.DOTALL)
_TABLE = re.compile(r'<table role="table" class="stackable ([^"]*)"[^>]*>.*?</table>', re.DOTALL)
_SIGN = re.compile(r'<symbol id="m-.*?</symbol>', re.DOTALL)
_ANCHOR = re.compile(r' id="[^"]*"')
_HERE = re.compile(r'(?<!<use) href="#')
_HINT = "write 'verdict PROFILE', 'chart PAGE NAME' or 'table PAGE NAME'"


def embedded(html: str, pages: Mapping[str, str], wrap: Callable[[str], str]) -> str:
    """Return the content of a hand-written page with every such line replaced.

    Parameters
    ----------
    html : str
        The content, from Markdown.
    pages : mapping
        Our pages as Markdown, by name without an ending.
    wrap : callable
        What makes a piece fit the site: our class around it, links to where the site has our pages.

    Raises
    ------
    AdvisorError
        When a line names something that no page has; the message says what there is.
    """
    # The signs that the pieces use stand on the page once.
    sprites = map(_sprite, [pages])
    return _LINES.sub(
        lambda lines: "\n".join(wrap(next(sprites, "") + piece(line, pages)) for line in _LINE.findall(lines[1])), html
    )


def left(html: str) -> list[str]:
    """Return the lines of a page's content that stay as they are written, though they are no code: amid other text."""
    return [found[0] for found in _LINE.finditer(_CODE.sub("", _LINES.sub("", html)))]


def _sprite(pages: Mapping[str, str]) -> str:
    """Return every sign of every page, once."""
    signs = dict.fromkeys(sign for text in pages.values() for sign in _SIGN.findall(text))
    return f'<div class="sprite" aria-hidden="true"><svg width="0" height="0">{"".join(signs)}</svg></div>'


def piece(line: str, pages: Mapping[str, str]) -> str:
    """Return what a line such as ``chart edge contributions`` stands for, as HTML whose links lead to our pages."""
    kind, _, rest = " ".join(line.split()).partition(" ")
    page, _, name = rest.partition(" ")
    stem = page if page in pages else f"profile-{page}"
    if kind not in ("verdict", "chart", "table") or not page or (kind == "verdict" and name):
        raise AdvisorError(f"'[advisor:{line}]' is no piece of a page", hint=_HINT)
    if stem not in pages:
        near = ", ".join(get_close_matches(page, [each.removeprefix("profile-") for each in pages]))
        answers = ", ".join(each.removeprefix("profile-") for each in pages if each.startswith("profile-"))
        others = (
            f"answers there are for {answers or 'none'}; a page that is none has the name that stands in its address"
        )
        hint = f"did you mean {near}?" if near else others
        raise AdvisorError(f"'[advisor:{line}]': no such page", hint=hint)
    if kind == "verdict":
        # The answer itself is the title of its page.
        title, found = _TITLE.search(pages[stem]), _VERDICT.search(pages[stem])
        named = f'<p><strong><a href="{stem}.html">{title[1]}</a></strong></p>' if title else ""
        there = {"": named + found[0]} if found else {}
    elif kind == "chart":
        there = {each[1]: each[0] for each in _CHART.finditer(pages[stem])}
    else:
        # A table is named by the first word of its kind; the first of several of one name is meant.
        tables = ((each[1].split()[0], each[0]) for each in reversed(list(_TABLE.finditer(pages[stem]))))
        there = dict(tables)
    if name not in there:
        names = ", ".join(sorted(there)) or "none"
        wrong = f"has no such {kind}" if name or kind == "verdict" else f"has {kind}s of several names"
        raise AdvisorError(f"'[advisor:{line}]': the page {stem} {wrong}; there are: {names}")
    # What an anchor of its page leads to stays there; an anchor of its own could stand twice on the hand-written page.
    return _HERE.sub(f' href="{stem}.html#', _ANCHOR.sub("", there[name]))
