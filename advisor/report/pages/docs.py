"""The docs directory: every page of a report as Markdown, and the navigation between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from advisor.documents import write_json, write_text
from advisor.report import downloads, kept, templating, words
from advisor.report.pages import (
    capabilities,
    claims,
    criterion,
    evidence,
    home,
    machine,
    machines,
    paper,
    probe,
    profile,
    routes,
    system,
    systems,
    thenandnow,
    whatif,
    workloads,
)
from advisor.report.pages.context import Report
from advisor.report.pages.drawings import blocks, drawings
from advisor.report.pages.render import Renderer

TITLE = "Which deep learning framework should we use?"
_TOC = "with-toc"
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
    several = machines.gather(report, folder)
    pages.add("index", "home", TITLE, "One answer per profile, how sure it is, on which machine and when.", "wide home",
              heading=TITLE, several=several and machines.summary(several), **home.context(report))  # fmt: skip
    answers: Nav = []
    for told in report.recommendations:
        context = profile.context(report, told)
        context["charts"] = drawings(report, told, context["needs"])
        context["script"] = "what-if.js"
        context["what_if"] = whatif.context(report, told, context["needs"])
        name = report.profile_page(told.profile)
        pages.add(name, "profile", context["heading"], f"The answer for {context['name']}, and why.", _TOC, **context)
        answers.append({context["name"]: f"{name}.md"})
    behind = pages.simple(
        "evidence", "evidence", "What is known of every stack", "Criteria", "wide", evidence.context(report)
    )
    for name, title in criterion.criteria(report):
        pages.simple(criterion.page_name(name), "criterion", title, title, _TOC, criterion.context(report, name))
    if report.probes_of("workload", "probe"):
        behind += pages.simple(
            "workloads", "workloads", "What was timed, and how undisturbed", "Workloads", "wide",
            workloads.context(report),
        )  # fmt: skip
    for page in report.probes_of("workload", "route", "probe"):
        # Not in the menu, which would drown in them: the overviews lead to each.
        context = probe.context(report, page) | {"charts": blocks(report, page)}
        pages.simple(page.name, "probe", page.title, page.title, _TOC, context)
    behind += pages.simple(
        "capabilities", "capabilities", "What each framework was seen to do", "Capabilities", "wide",
        capabilities.context(report),
    )  # fmt: skip
    for page in report.probes_of("capability"):
        # Not in the menu, which would drown in them: the matrix leads to each.
        pages.simple(page.name, "capability", page.title, page.title, "wide", capabilities.page(report, page))
    if report.probes_of("route"):
        behind += pages.simple(
            "routes", "routes", "Ways out of a framework", "Stacks and routes", "wide", routes.context(report)
        )
    behind += pages.simple(
        "machine", "machine", "The machine and the rules", "Machine and policy", _TOC, machine.context(report)
    )
    behind += _several(pages, several) if several else []
    known = pages.simple(
        "claims", "claims", "What articles claim, and what was found", "Claims", "wide", claims.overview(report)
    )
    for kind, title in claims.kinds(report):
        pages.simple(claims.page_name(kind), "claims-kind", title, title, "wide", claims.page(report, kind))
    if report.past.data["rows"]:
        known += pages.simple(
            "then-and-now", "then-and-now", "What articles advised, then and now", "Then and now", "wide",
            thenandnow.context(report),
        )  # fmt: skip
    known += pages.simple(
        "systems", "systems", "Systems that articles name, and are still there", "Systems", "wide",
        systems.context(report, "systems"),
    )  # fmt: skip
    pages.simple(
        "systems-gone", "systems", "Systems that articles name, and what replaced them", "Systems", "wide",
        systems.context(report, "systems-gone"),
    )  # fmt: skip
    for name, title, context in system.pages(report):
        # Not in the menu, which would drown in them: the rows of the systems lead to each.
        pages.simple(name, "system", title, title, "wide", context)
    about: Nav = []
    if report.recommendations:
        told = report.recommendations[0]
        papers = paper.papers(report, told, templates)
        for each in papers:
            # The body is read, and an appendix is looked up: its tables need the width.
            layout = _TOC if each is papers[0] or each.short == "References" else "wide"
            found = pages.simple(
                each.name, "report", each.heading, each.short, layout, paper.context(report, told, each, papers)
            )
            about += found if each is papers[0] else []
    about += pages.simple("method", "method", "How we measure and decide", "Method", _TOC, {"verdicts": words.VERDICTS})
    about += pages.simple(
        "downloads",
        "downloads",
        "The files behind these pages",
        "Downloads",
        _TOC,
        {"files": _files(report, folder, several)},
    )
    kept.tidy()
    templating.keep()
    return [
        {"Which framework?": "index.md"},
        {"Answers": answers},
        {"Evidence": behind},
        {"Knowledge": known},
        {"About": about},
    ]


def _several(pages: _Pages, several: machines.Several) -> Nav:
    """Write the pages of several Runs; only their overview is in the menu, and leads to each."""
    found: Nav = []
    for name, context in machines.overview(several):
        added = pages.simple(
            name, "machines", "Machines and Runs beside each other", "Machines and Runs", "wide", context
        )
        found = found or added
    for place, group in enumerate(several.groups):
        title = words.line(group.shown.run.host.cpu) or "Machine"
        for name, context in machines.machine(several, place, group):
            pages.simple(name, "one-machine", title, title, "wide", context)
    for page in several.pages:
        title = "Two machines beside each other" if page.elsewhere else "What changed between two Runs"
        pages.simple(page.name, "changes", title, title, "wide", machines.pair(several, page))
    return found


def _files(report: Report, folder: Path, several: machines.Several | None) -> list[tuple[str, str]]:
    """Write the documents themselves beside the pages; return name and content of each."""
    write_json(folder / "run.json", report.run)
    files = [("run.json", "The Run: everything that was measured, with every sample")]
    for told in report.recommendations:
        name = f"{report.sources[told.profile].name}.json"
        write_json(folder / name, told)
        files.append((name, f"The Recommendation for {profile.profile_name(told)}: ranking, evidence, flips, weights"))
    for source, what in (
        (report.matrix, "The capability matrix: what each framework was seen to do"),
        (report.ledger, "The claims of the articles, and what became of each on this Run"),
        (report.blocks, "What became of every timed block: how many count, how many were disturbed, and by what"),
        (report.past, "What articles advised, and what the engine says of that day and of today"),
        (report.survey, "The systems that the articles name: status, since when, and who says so"),
    ):
        write_json(folder / f"{source.name}.json", source.document)
        files.append((f"{source.name}.json", what))
    if several:
        files += [(f"{name}.json", "A further Run, with every sample") for name in several.sources if name != "run"]
        for source, what in several.documents:
            write_json(folder / f"{source.name}.json", source.document)
            files.append((f"{source.name}.json", what))
    write_text(folder / "evidence.csv", downloads.evidence_csv(report.recommendations))
    write_text(folder / "evidence.json", downloads.evidence_json(report.recommendations))
    return [
        *files,
        ("evidence.csv", "Every cell of every performance table, for a spreadsheet"),
        ("evidence.json", "The same cells for other programs"),
    ]


class _Pages:
    """Writes pages into one folder."""

    def __init__(self, folder: Path, render: Renderer) -> None:
        self.folder = folder
        self.render = render

    def simple(self, name: str, template: str, title: str, short: str, layout: str, context: dict[str, Any]) -> Nav:
        """Write a page whose heading is its title; return its entry in the navigation."""
        self.add(name, template, title, f"{title}.", layout, heading=title, **context)
        return [{short: f"{name}.md"}]

    def add(self, name: str, template: str, title: str, description: str, layout: str, /, **context: Any) -> None:
        text = self.render.page(
            template, page_name=name, title=title, description=description, layout=layout, **context
        )
        # Not synced to the disk: the whole folder is made anew, and moved into place when it is complete.
        (self.folder / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")
