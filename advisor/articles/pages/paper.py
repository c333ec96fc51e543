"""The long report as pages: its body, its appendices and its references, each as heavy as a page may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import markdown
from markupsafe import Markup

from advisor.articles.catalog import whole_catalog
from advisor.articles.research.articles import Articles
from advisor.articles.research.document import report as research
from advisor.decision.recommendation import Recommendation
from advisor.report import words
from advisor.report.pages.context import Report

PARTS = {
    "Appendix A": ("report-systems", "Systems"),
    "Appendix B": ("report-statements", "Statements"),
    "Appendix C": ("report-facts", "Facts"),
    "Appendix D": ("report-advice", "Advice"),
    "References": ("report-references", "References"),
}
"""What has a page of its own: the beginning of its heading, the page's name, and the short name."""

BODY = "report"


@dataclass(frozen=True)
class Paper:
    """One page of the report: its name, its heading, its short name, and its sections as heading, anchor and HTML."""

    name: str
    heading: str
    short: str
    sections: tuple[tuple[str, str, Markup], ...]


def papers(report: Report, told: Recommendation, templates: Path | None = None) -> list[Paper]:
    """Return the pages of the research report for one answer, the body first."""
    # The days of the past were asked already, for the page of then and now, and the claims for theirs.
    articles = Articles(report.run, whole_catalog(), seed=told.seed)
    articles.settled = tuple(each.settled for each in report.ledger.document.claims)  # type: ignore[attr-defined]
    articles.advice = report.past.document.rows  # type: ignore[attr-defined]
    text = research(report.run, told, templates=templates, articles=articles)
    title, *sections = re.split(r"(?m)^## ", text)
    own: dict[str, tuple[str, tuple[str, str, Markup]]] = {}
    body = [("The question", "question", html(title.partition("\n")[2], "the question"))]
    for section in sections:
        heading, _, rest = section.partition("\n")
        found = (heading, words.slug(heading), html(rest, heading))
        part = next((part for part in PARTS if heading.startswith(part)), None)
        if part is None:
            body.append(found)
        else:
            own[part] = (heading, found)
    pages = [Paper(BODY, f"A research report: {words.line(told.title)}", "Report", tuple(body))]
    for part, (name, short) in PARTS.items():
        if part in own:
            heading, found = own[part]
            pages.append(Paper(name, heading.partition(": ")[2].capitalize() or heading, short, (found,)))
    return pages


def context(report: Report, told: Recommendation, paper: Paper, papers: list[Paper]) -> dict[str, Any]:
    """Return what the template of one page needs."""
    return {
        "paper": paper,
        "others": [(each.short, report.href(each.name)) for each in papers if each.name != paper.name],
        "body": report.href(BODY) if paper.name != BODY else None,
        "command": f"advisor report --run run.json --profile {told.profile}",
    }


def html(text: str, about: str) -> Markup:
    """Return Markdown as HTML; its tables scroll within the page, and its links tell no site where they come from."""
    found = markdown.markdown(text, extensions=["tables"])
    tables = iter(range(1, found.count("<table>") + 1))
    found = re.sub("<table>", lambda _: _scrolling(about, tables), found).replace("</table>", "</table></div>")
    # The policy of the pages allows no inline style.
    found = re.sub(r"<th\b", '<th scope="col"', found)
    found = re.sub(r' style="text-align: (?:left|center);"', "", found)
    found = found.replace(' style="text-align: right;"', ' class="n"')
    found = found.replace('<a href="http', '<a rel="noreferrer" href="http')
    return Markup(re.sub(r"\n\s*\n", "\n", found))  # noqa: S704 - the report escapes what it shows


def _scrolling(about: str, tables: Iterator[int]) -> str:
    label = Markup.escape(f"Table {next(tables)}, {about}")
    caption = f'<caption class="vh">{label}</caption>'
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table>{caption}'
