"""The writing of pages: Jinja that escapes everything interpolated, undefined names as errors, and their order."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

from advisor.report import numbers, template_engine, words
from advisor.report.charts.picture import Picture
from advisor.report.pages.context import Report, day

TOC = "with-toc"
Nav = list[dict[str, Any]]


class Pages:
    """Writes pages into one folder, and keeps the pieces of each that others may embed.

    Parameters
    ----------
    folder : Path
        The docs directory.
    render : Renderer
        The templates.
    on_page : callable, optional
        Is told the name of each page that was written.
    """

    def __init__(self, folder: Path, render: Renderer, on_page: Callable[[str], None] | None = None) -> None:
        self.folder = folder
        self.render = render
        self.on_page = on_page
        self.pieces: dict[str, dict[tuple[str, str], str]] = {}

    def simple(self, name: str, template: str, title: str, short: str, layout: str, context: dict[str, Any]) -> Nav:
        """Write a page whose heading is its title; return its entry in the navigation."""
        self.add(name, template, title, f"{title}.", layout, heading=title, **context)
        return [{short: f"{name}.md"}]

    def add(self, name: str, template: str, title: str, description: str, layout: str, /, **context: Any) -> None:
        """Write a page."""
        given = {"page_name": name, "title": title, "description": description, "layout": layout}
        text = self.render.page(template, **given, **context)
        self.pieces[name] = self.render.pieces
        # Not synced to the disk: the whole folder is made anew, and moved into place when it is complete.
        for file, content in {f"{name}.md": text, **self.render.files}.items():
            (self.folder / file).write_text(content, encoding="utf-8", newline="\n")
        if self.on_page is not None:
            self.on_page(name)


# Headings are Markdown, everything else is HTML: the mark keeps them apart until the page is put together.
_HEADING = "\x00"
_BACKSLASHED = frozenset("\\`*_{}[]()#+-.!")
_CITES = ' data-from="'


class Renderer:
    """Renders the page templates for one report.

    Parameters
    ----------
    report : Report
        What the pages are about.
    templates : Path, optional
        A folder laid out like ours (``site/…``) whose templates win over the shipped ones; a template there may
        extend the one it replaces as ``shipped/site/…``.
    """

    def __init__(self, report: Report, templates: Path | None = None) -> None:
        self.report = report
        self.files: dict[str, str] = {}
        self.pieces: dict[tuple[str, str], str] = {}
        self.charts: dict[str, str] = {}
        self._signs: dict[str, None] = {}
        self.environment = template_engine.environment(
            templates, lambda value: words.visible(value) if type(value) is str else value
        )
        self.environment.filters |= {
            "brief": words.brief,
            "cited": _cited,
            "citing": _citing,
            "day": day,
            "front_matter": _front_matter,
            "month": _month,
            "one_line": words.line,
            "outcome_word": lambda word: words.OUTCOMES.get(word, words.line(word)),
            "ordinal": words.ordinal,
            "places": lambda value, places: f"{value:.{places}f}",
            "slug": words.slug,
        }
        self.environment.globals |= {
            "bytes": lambda value: f"{value / 2**30:.0f}{numbers.NARROW}GiB",
            "h2": lambda text, anchor: heading(2, text, anchor),
            "h3": lambda text, anchor: heading(3, text, anchor),
            "href": report.href,
            "percent": numbers.percent,
            "charts_file": self._charts,
            "kept": self._kept,
            "score": numbers.score,
            "symbol": self._sign,
            "specification": self._specification,
            "sprite": self._sprite,
            "report": report,
            "run": report.source,
        }

    def _kept(self, html: Markup, kind: str, name: str) -> Markup:
        """Keep a piece of the page that others may embed; return it. The first of a name is meant."""
        self.pieces.setdefault((kind, name), "\n".join(line for line in html.split("\n") if line.strip()))
        return html

    def _specification(self, page: str, name: str, picture: Picture) -> str:
        """Keep the specification of a chart as a file beside the pages; return its address."""
        address = f"{page}-{name}.json"
        self.files[address] = self.charts[name] = picture.spec
        return address

    def _charts(self, page: str) -> str:
        """Keep the specifications of a page's charts as one script; return its address, nothing without charts.

        A page that was opened from a file may not fetch, but it may load a script that lies beside it.
        """
        if not self.charts or not self.report.scripts:
            return ""
        address = f"{page}-charts.js"
        specs = ",".join(f"{json.dumps(name)}:{spec}" for name, spec in self.charts.items())
        self.files[address] = f"window.advisorCharts={{{specs}}};\n"
        return address

    def _sign(self, name: str) -> str:
        """Note that the page shows a sign; return the id of its symbol."""
        self._signs[name] = None
        return f"m-{name}"

    def _sprite(self) -> Markup:
        """Return the symbols of the signs that the page shows."""
        source = self.environment.get_template("site/sprite.svg").render()
        return sprite(source, {f"m-{name}" for name in self._signs})

    def page(self, template: str, /, **context: Any) -> str:
        """Return the Markdown of one page."""
        self.files, self.pieces, self.charts, self._signs = {}, {}, {}, {}
        return _assemble(template_engine.render(self.environment, f"site/{template}.md.j2", context))


def sprite(source: str, wanted: Collection[str] | None = None) -> Markup:
    """Return an SVG of symbols with those of these ids alone, or with all."""
    root = ElementTree.fromstring(source)  # noqa: S314 - our own file, or one of whoever builds the site
    for symbols in root:
        for each in [each for each in symbols if wanted is not None and each.get("id") not in wanted]:
            symbols.remove(each)
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704 - serialised XML


def _assemble(text: str) -> str:
    """Return the page with one empty line around every heading and none inside a block of HTML."""
    front, mark, body = text.lstrip().removeprefix("---").partition("\n---\n")
    if not mark:
        raise ValueError("a page's template must begin with front matter between two lines of ---")
    parts = []
    for number, part in enumerate(body.split(_HEADING)):
        lines = (line.strip() for line in part.splitlines())
        block = "\n".join(line for line in lines if line)
        # Only a heading may begin with a mark of Markdown.
        parts.append(block if number % 2 else re.sub("(?m)^#", "&#35;", block))
    return f"---{front}\n---\n\n" + "\n\n".join(part for part in parts if part) + "\n"


def heading(level: int, text: str, anchor: str) -> Markup:
    """Return a Markdown heading of any text, with its anchor."""
    plain = str(Markup.escape(words.line(str(text)) or "–"))
    plain = re.sub(r"&(?:amp|lt|gt|#34|#39);|[^&]", lambda found: _escape(found[0]), plain)
    return Markup(f"{_HEADING}{'#' * level} {plain} {{ #{words.slug(anchor)} }}{_HEADING}")  # noqa: S704 - escaped


def _escape(character: str) -> str:
    """Return one character (or one reference) so that no Markdown engine takes it for its own."""
    if character in _BACKSLASHED:
        return f"\\{character}"
    return f"&#{ord(character)};" if character in "|~" else character


def _cited(body: str) -> str:
    """Return the name of the document that a piece of HTML cites most; nothing where none is cited more than twice."""
    cited = (rest.partition("#/")[0] for rest in body.split(_CITES)[1:])
    counts = Counter(name for name in cited if name and '"' not in name)
    name, times = max(counts.items(), key=lambda item: item[1], default=("", 0))
    return name if times > 2 else ""


def _citing(body: str, document: str) -> Markup:
    """Return a piece of HTML that cites `document` without its name, as an address within a page goes without it."""
    # A quotation mark of a text is escaped: no text can read as an attribute.
    named = f"{_CITES}{document}#/"
    return Markup(str(body).replace(named, f"{_CITES}#/") if document else body)  # noqa: S704 - HTML before


def _front_matter(text: object) -> Markup:
    """Return `text` as a YAML string in double quotes (a JSON string is one)."""
    return Markup(json.dumps(words.line(str(text)), ensure_ascii=False))  # noqa: S704 - not HTML


def _month(date: str) -> str:
    """Return ``2026-03-02`` or ``2026-03`` as ``Mar 2026``; anything else as it is."""
    for form in ("%Y-%m-%d", "%Y-%m"):
        try:
            return f"{datetime.strptime(date[:10], form):%b %Y}"
        except ValueError:
            continue
    return words.line(date)
