"""The pages that rest on the Run alone: what was measured, what came of the claims, which systems there are.

No answer changes them, so a build in the process that built before, of the same Run, takes their text from it.
"""

from __future__ import annotations

from pathlib import Path

from advisor.articles.pages import claims, systems
from advisor.report import words
from advisor.report.pages import capabilities, machine, probe, routes, workloads
from advisor.report.pages.context import Report
from advisor.report.pages.drawings import blocks
from advisor.report.pages.render import TOC, Nav, Pages
from advisor.report.run_documents import Entries


def write(report: Report, pages: Pages, templates: Path | None) -> Entries:
    """Write the pages; return their entries in the navigation, by name of the first page of each kind.

    With templates of a user, which may look at more than the Run and may change from build to build, all are made.
    """
    if templates is not None:
        return _written(report, pages)

    def make() -> tuple[dict[str, str], Entries]:
        pages.texts = {}
        entries = _written(report, pages)
        texts, pages.texts = pages.texts, None
        return texts or {}, entries

    known = report.measured
    # What a page says besides its Run: how stacks are called, how it is built again, where it lies for good, and which
    # pages there are.
    there = tuple(page.name for page in report.probes)
    surroundings = (report.titles, report.command, report.pinned, report.articles, there)
    if not known.keep(surroundings, make):
        for name, text in known.pages.items():
            pages.put(name, text)
            pages.pieces[name] = known.pieces.get(name, {})
            pages.beside(name, known.files.get(name, {}))
    else:
        known.pieces = {name: pages.pieces.get(name, {}) for name in known.pages}
        known.files = {name: pages.files.get(name, {}) for name in known.pages}
    return known.entries


def _written(report: Report, pages: Pages) -> Entries:
    return {
        "workloads": _timed(report, pages),
        "capabilities": _capabilities(report, pages),
        "routes": pages.simple(
            "routes", "routes", "Ways out of a framework", "Stacks and routes", "wide", routes.context(report)
        )
        if report.probes_of("route")
        else [],
        "machine": pages.simple(
            "machine", "machine", "The machine and the rules", "Machine and policy", TOC, machine.context(report)
        ),
        "claims": _claims(report, pages) if report.articles else [],
        "systems": _systems(report, pages) if report.articles else [],
        "method": pages.simple(
            "method", "method", "How we measure and decide", "Method", TOC, {"verdicts": words.VERDICTS}
        ),
    }


def _timed(report: Report, pages: Pages) -> Nav:
    found: Nav = []
    if any(page.group in ("workload", "probe") for page in report.tried):
        found = pages.simple(
            "workloads", "workloads", "What was timed, and how undisturbed", "Workloads", "wide",
            workloads.context(report),
        )  # fmt: skip
    for page in report.probes_of("workload", "route", "probe"):
        # Not in the menu, which would drown in them: the overviews lead to each.
        context = probe.context(report, page) | {"charts": blocks(report, page)}
        pages.simple(page.name, "probe", page.title, page.title, TOC, context)
    return found


def _capabilities(report: Report, pages: Pages) -> Nav:
    if not report.articles and not report.probes_of("capability"):
        return []
    for page in report.probes_of("capability"):
        # Not in the menu, which would drown in them: the matrix leads to each.
        pages.simple(page.name, "capability", page.title, page.title, "wide", capabilities.page(report, page))
    return pages.simple(
        "capabilities", "capabilities", "What each framework was seen to do", "Capabilities", "wide",
        capabilities.context(report),
    )  # fmt: skip


def _claims(report: Report, pages: Pages) -> Nav:
    for kind, title in claims.kinds(report):
        pages.simple(claims.page_name(kind), "claims-kind", title, title, "wide", claims.page(report, kind))
    return pages.simple(
        "claims", "claims", "What articles claim, and what was found", "Claims", "wide", claims.overview(report)
    )


def _systems(report: Report, pages: Pages) -> Nav:
    for name, title, context in systems.pages(report):
        # Not in the menu, which would drown in them: the rows of the systems lead to each.
        pages.simple(name, "system", title, title, "wide", context)
    pages.simple(
        "systems-gone", "systems", "Systems that articles name, and what replaced them", "Systems", "wide",
        systems.context(report, "systems-gone"),
    )  # fmt: skip
    return pages.simple(
        "systems", "systems", "Systems that articles name, and are still there", "Systems", "wide",
        systems.context(report, "systems"),
    )  # fmt: skip
