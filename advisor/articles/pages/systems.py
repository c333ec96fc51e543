"""The systems that the articles name: what each is for, what became of it, since when, and what to use today."""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from advisor.knowledge.freshness import is_stale
from advisor.report import words
from advisor.report.pages.context import Report

PAGES = {
    "systems": ("active", "maintenance", "deprecated", "unknown"),
    "systems-gone": ("archived", "replaced", "renamed", "not software"),
}


def context(report: Report, name: str) -> dict[str, Any]:
    """Return what the template of one of the two pages needs; each leads to the rows of the other."""
    source = report.survey
    counts: dict[str, int] = source.data["counts"]
    most = max(counts.values(), default=1) or 1
    filters = [
        {
            "verdict": status,
            "slug": words.slug(status),
            "href": f"{'' if page == name else report.href(page)}#only-{words.slug(status)}",
            "count": source.figure("counts", status),
            "share": 100 * counts[status] / most,
        }
        for page, statuses in PAGES.items()
        for status in statuses
        if counts.get(status)
    ]
    here, there = (
        ("still there", "gone or no software") if name == "systems" else ("gone or no software", "still there")
    )
    return {
        "part": "Still there" if name == "systems" else "Gone, renamed, or no software",
        "listed": here,
        "unlisted": there,
        "other": next(page for page in PAGES if page != name),
        "total": source.figure("total"),
        "active": source.figure("counts", "active") if counts.get("active") else None,
        "filters": filters,
        "targets": [words.slug(status) for status in PAGES[name]],
        "rows": [
            row(report, place) for place, each in enumerate(source.data["systems"]) if each["status"] in PAGES[name]
        ],
    }


def page_of(status: str) -> str:
    """Return which of the two pages lists systems of a status."""
    return next(page for page, statuses in PAGES.items() if status in statuses)


def page_name(system: str) -> str:
    """Return the name of the page of one system."""
    return f"system-{words.slug(system)}"


def row(report: Report, place: int) -> dict[str, Any]:
    """Return what is known of the system at `place` of the survey, as its row and its own page show it."""
    found: dict[str, str] = report.survey.data["systems"][place]

    def quote(key: str) -> Any:
        return report.survey.quote("systems", place, key) if found[key] else None

    url = found["url"]
    return {
        "anchor": f"system-{found['id']}",
        "href": report.href(page_name(found["id"])),
        "name": quote("name"),
        "role": quote("role"),
        "owner": words.name(found["belongs to"], report.titles)
        if found["belongs to"] != "neutral"
        else "any framework",
        "status": found["status"],
        "slug": words.slug(found["status"]),
        "since": found["since"],
        "says": quote("says"),
        "title": quote("source"),
        "url": url if url.startswith("https://") else None,
        "instead": quote("instead"),
        "replaced_by": quote("replaced by"),
        "checked": found["checked on"],
        "stale": is_stale(date.fromisoformat(found["checked on"]), report.run.finished.date()),
        "recipes": recipes(report, found["recipes"]),
    }


def recipes(report: Report, globs: str) -> list[tuple[str, str]]:
    """Return title and address of what this Run has of the recipes that exercise a system; many by their overview."""
    found: dict[str, str] = {}
    for glob in globs.split(", ") if globs else ():
        pages = [page for page in report.probes if fnmatchcase(page.probe, glob)]
        if pages and glob == "capability:*":
            found["all capabilities"] = report.href("capabilities")
        elif pages and "*" in glob:
            found["the workloads"] = report.href("workloads")
        else:
            found |= {page.title: report.href(page.name) for page in pages}
    return list(found.items())
