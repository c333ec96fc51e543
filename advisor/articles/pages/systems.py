"""The systems that the articles name: what each is for, what became of it, since when, and what to use today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from advisor.knowledge.catalog import is_stale
from advisor.report import words
from advisor.report.figures import Quote
from advisor.report.pages.context import Report

_MOST = 20
"""Of what was so once, so much is shown; a framework has a hundred former releases."""

_MANY = re.compile(r"[*?\[]")


def pages(report: Report) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield name, title and what the template needs, of the page of every system."""
    claims = {row["id"]: place for place, row in enumerate(report.ledger.data["claims"])}
    installed = _installed(report)
    for place, row in enumerate(report.survey.data["systems"]):
        yield page_name(row["id"]), words.line(row["name"]), _context(report, place, row, claims, installed)


def _context(
    report: Report, place: int, row: dict[str, str], claims: dict[str, int], installed: dict[str, list[Any]]
) -> dict[str, Any]:
    source, about = report.survey, report.survey.data["about"][row["id"]]
    facts = [_fact(report, name) for name in about["facts"]]
    ended = [fact for fact in facts if fact["until"]]
    return {
        "row": table_row(report, place),
        "back": page_of(row["status"]),
        "version": source.quote("systems", place, "version") if row["version"] else None,
        "released": row["released"],
        "successor": _successor(report, place, row, about),
        "instead": [(_name(report, name), _href(report, name)) for name in about["instead"]],
        "articles": [
            (source.quote("articles", name, _told_as(report, name)), source.get("articles", name, "url"))
            for name in about["named_in"]
        ],
        "facts": [fact for fact in facts if not fact["until"]],
        "ended": ended[:_MOST],
        "more": len(ended) > _MOST,
        "claims": [_claim(report, name, claims[name]) for name in about["claims"] if name in claims],
        "recipes": recipes(report, row["recipes"]),
        "untried": _untried(report, row["recipes"]),
        "installed": installed.get(_normal(about.get("distribution") or ""), []),
        "command": f"advisor systems {row['id']} --check" if about["checkable"] else None,
    }


def _told_as(report: Report, article: str) -> str:
    """Return which field names an article: who published it, or what it is called where nobody says so."""
    return "title" if report.survey.get("articles", article, "publisher") == "unknown" else "publisher"


def _successor(
    report: Report, place: int, row: dict[str, str], about: dict[str, Any]
) -> tuple[Quote, str | None] | None:
    if not row["replaced by"]:
        return None
    ours = about["successor"] in report.survey.data["about"]
    href = _href(report, about["successor"]) if ours else about.get("url")
    return report.survey.quote("systems", place, "replaced by"), href


def _fact(report: Report, name: str) -> dict[str, Any]:
    path, found = ("facts", name), report.survey.get("facts", name)
    return {
        "anchor": f"fact-{words.slug(name)}",
        "statement": report.survey.quote(*path, "statement"),
        "since": found["since"],
        "until": found.get("until"),
        "title": report.survey.quote(*path, "title"),
        "url": found.get("url"),
        "checked": found["checked_on"],
        "stale": not found.get("until")
        and is_stale(date.fromisoformat(found["checked_on"]), report.run.finished.date()),
    }


def _claim(report: Report, name: str, place: int) -> dict[str, Any]:
    row = report.ledger.data["claims"][place]
    return {
        "statement": report.ledger.quote("claims", place, "statement"),
        "as_of": row["as_of"],
        "verdict": row["settled"]["verdict"],
        "href": report.claim(name),
    }


def _untried(report: Report, recipes: str) -> list[str]:
    """Return the commands that would try what exercises the system, where this Run did not."""
    tried = {page.probe for page in report.probes}
    asked = [probe for probe in recipes.split(", ") if probe and not _MANY.search(probe)]
    return [f"advisor probe --only '{probe}'" for probe in asked if probe not in tried]


def _installed(report: Report) -> dict[str, list[Any]]:
    """Return by distribution the environments of this Run that hold it, each with its name and the version."""
    found: dict[str, list[Any]] = {}
    for key, framework in report.run.frameworks.items():
        for name in framework.packages:
            version = report.source.quote("frameworks", key, "packages", name)
            found.setdefault(_normal(name), []).append((report.stack(key), name, version))
    return found


def _normal(distribution: str) -> str:
    """Return the name of a distribution as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _name(report: Report, name: str) -> Quote:
    place = next(place for place, row in enumerate(report.survey.data["systems"]) if row["id"] == name)
    return report.survey.quote("systems", place, "name")


def _href(report: Report, name: str) -> str:
    return report.href(page_name(name))


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
            table_row(report, place)
            for place, each in enumerate(source.data["systems"])
            if each["status"] in PAGES[name]
        ],
    }


def page_of(status: str) -> str:
    """Return which of the two pages lists systems of a status."""
    return next(page for page, statuses in PAGES.items() if status in statuses)


def page_name(system: str) -> str:
    """Return the name of the page of one system."""
    return f"system-{words.slug(system)}"


def table_row(report: Report, place: int) -> dict[str, Any]:
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
