"""Then and now: what the articles advised, what the engine says on the facts of that day, and what it says today."""

from __future__ import annotations

from typing import Any

from advisor.report import words
from advisor.report.figures import Quote
from advisor.report.pages.context import Report

_CHANGES = 2


def context(report: Report) -> dict[str, Any]:
    """Return what the template of the page needs."""
    source = report.past
    return {
        "agreed": source.figure("agreement", "agreed"),
        "asked": source.figure("agreement", "asked"),
        "possible": source.figure("agreement", "possible"),
        "rows": [_row(report, place, row) for place, row in enumerate(source.data["rows"])],
    }


def _row(report: Report, place: int, row: dict[str, Any]) -> dict[str, Any]:
    source, now = report.past, row.get("now")
    article = source.data["articles"].get(row["source"], {})
    return {
        "anchor": f"advice-{words.slug(row['advice'])}",
        "persona": source.quote("rows", place, "persona"),
        "article": source.quote("articles", row["source"], "publisher") if article else None,
        "url": article.get("url"),
        "day": row["day"],
        "recommends": source.quote("rows", place, "recommends"),
        "profile": words.profile(row["profile"]),
        "href": report.href(report.profile_page(row["profile"])),
        "then": _answer(report, place, "then"),
        "now": _answer(report, place, "now") if now else None,
        "agreed": row["agreed_then"],
        "agrees": row.get("agrees_now"),
        "differs": source.quote("rows", place, "differs") if row.get("differs") else None,
        "changes": [
            source.quote("rows", place, "changes", number, "now")
            for number, change in enumerate(row["changes"])
            if change.get("now") and change["worth"]
        ][:_CHANGES],
    }


def _answer(report: Report, place: int, when: str) -> dict[str, Any]:
    found = report.past.get("rows", place, when)
    title: Quote | None = report.past.quote("rows", place, when, "title") if found.get("title") else None
    return {"verdict": found["verdict"], "title": title}
