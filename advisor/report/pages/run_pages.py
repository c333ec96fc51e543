"""The pages that rest on the Run alone: what was measured, what came of the claims, which systems there are."""

from __future__ import annotations

from advisor.articles.pages import claims, systems
from advisor.report import words
from advisor.report.pages import capabilities, machine, probe, routes, sizes, workloads
from advisor.report.pages.context import Report
from advisor.report.pages.drawings import blocks
from advisor.report.pages.render import TOC, Nav, Pages

Entries = dict[str, Nav]


def write(report: Report, pages: Pages) -> Entries:
    """Write the pages; return their entries in the navigation, by name of the first page of each kind."""
    return {
        "workloads": _timed(report, pages),
        "sizes": _sizes(report, pages),
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
        if (name := probe.samples_page(report, page)) is not None:
            title = f"Samples: {page.title}"
            pages.simple(name, "samples", title, title, "wide", probe.samples(report, page))
    return found


def _sizes(report: Report, pages: Pages) -> Nav:
    """Write the page of networks at several sizes, where the Run has any."""
    found = sizes.points(report)
    if not found:
        return []
    title = "How time grows with the network"
    return pages.simple("sizes", "sizes", title, "Time against size", "wide", sizes.context(report, found))


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
