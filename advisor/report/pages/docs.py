"""The docs directory: every page of a report as Markdown, and the navigation between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from advisor.documents import write_text
from advisor.report.pages import home, profile
from advisor.report.pages.context import Report
from advisor.report.pages.drawings import drawings
from advisor.report.pages.render import Renderer

TITLE = "Which deep learning framework should we use?"
Nav = list[dict[str, Any]]


def write(report: Report, folder: Path, templates: Path | None = None) -> Nav:
    """Write all pages under `folder`; return the navigation as MkDocs takes it.

    Parameters
    ----------
    report : Report
        What the pages are about.
    folder : Path
        The docs directory; files in it are overwritten.
    templates : Path, optional
        A folder of templates that win over the shipped ones.
    """
    render = Renderer(report, templates)
    pages = _Pages(folder, render)
    pages.add("index", "home", TITLE, "One answer per profile, how sure it is, on which machine and when.", "wide home",
              heading=TITLE, **home.context(report))  # fmt: skip
    answers: Nav = []
    for told in report.recommendations:
        context = profile.context(report, told)
        context["charts"] = drawings(report, told, context["needs"])
        name = report.profile_page(told.profile)
        pages.add(
            name, "profile", context["heading"], f"The answer for {context['name']}, and why.", "with-toc", **context
        )
        answers.append({context["name"]: f"{name}.md"})
    return [{"Which framework?": "index.md"}, {"Answers": answers}]


class _Pages:
    """Writes pages into one folder."""

    def __init__(self, folder: Path, render: Renderer) -> None:
        self.folder = folder
        self.render = render

    def add(self, name: str, template: str, title: str, description: str, layout: str, /, **context: Any) -> None:
        text = self.render.page(template, title=title, description=description, layout=layout, **context)
        write_text(self.folder / f"{name}.md", text)
