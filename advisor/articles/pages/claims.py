"""Claims and advice of the articles as pages: what became of each, and what the engine says of then and of now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from advisor.report import words
from advisor.report.charts.picture import Picture
from advisor.report.figures import Interval, Quote
from advisor.report.pages.context import Report

KINDS = {
    "performance": "Speed and memory",
    "capability": "What they can do",
    "usability": "How they are used",
    "ecosystem": "What is around them",
    "adoption": "Who uses them",
    "status": "What is maintained",
    "history": "Where they come from",
}
_FIGURES, _LINKS = 3, 6
_FAILS = ("does not hold", "within noise", "outdated", "contradicted")
_OPEN = ("cannot be tested here", "opinion")


def overview(report: Report) -> dict[str, Any]:
    """Return what the template of the ledger's first page needs."""
    source = report.ledger
    counts: dict[str, int] = source.data["counts"]
    most = max(counts.values(), default=1) or 1
    claims = source.data["claims"]
    return {
        "total": source.figure("total"),
        "decided": source.figure("decided"),
        "holds": source.figure("counts", "holds"),
        "filters": [
            {"verdict": verdict, "slug": words.slug(verdict),
             "href": f"#only-{words.slug(verdict)}", "count": source.figure("counts", verdict),
             "share": 100 * number / most}
            for verdict, number in counts.items()
        ],
        "verdicts": list(counts),
        "by_kind": [
            (title, report.href(page_name(kind)), [source.figure("by_kind", kind, verdict) for verdict in counts])
            for kind, title in kinds(report)
        ],
        "chart": _chart(report),
        "articles": [
            (source.quote("articles", name, "publisher"), source.figure("by_article", name))
            for name in source.data["by_article"]
        ],
        "kinds": [(title, report.href(page_name(kind))) for kind, title in kinds(report)],
        "rows": [
            {
                "statement": source.quote("claims", place, "statement"),
                "href": report.claim(row["id"]),
                "verdict": row["settled"]["verdict"],
                "slug": words.slug(row["settled"]["verdict"]),
            }
            for place, row in enumerate(claims)
        ],
    }  # fmt: skip


def _chart(report: Report) -> Picture | None:
    """Draw the kinds of claims with what became of them; the finding names where most of those are that hold."""
    found = [(kind, title, report.ledger.get("by_kind", kind)) for kind, title in kinds(report)]
    if not found:
        return None
    from advisor.report.charts import claims as ledger

    verdicts = dict(zip(ledger.SORTS, (("holds",), _FAILS, _OPEN), strict=True))
    drawn = [
        {"kind": title, "sort": sort, "count": sum(there[verdict] for verdict in named)}
        for _, title, there in found
        for sort, named in verdicts.items()
    ]
    kind, title, there = max(found, key=lambda each: int(each[2]["holds"]))
    if not there["holds"]:
        return ledger.claims(drawn, Markup("No claim was found to hold."))
    finding = Markup("The kind with most claims that hold is “{}”: {} of {}.").format(
        title[:1].lower() + title[1:], report.ledger.figure("by_kind", kind, "holds"),
        report.ledger.figure("counts", "holds"),
    )  # fmt: skip
    return ledger.claims(drawn, finding)


def kinds(report: Report) -> list[tuple[str, str]]:
    """Return the kinds of claims that there are, with their titles."""
    there = {row["kind"] for row in report.ledger.data["claims"]}
    return [(kind, title) for kind, title in KINDS.items() if kind in there]


def page_name(kind: str) -> str:
    """Return the name of the page of one kind of claim."""
    return f"claims-{kind}"


def page(report: Report, kind: str) -> dict[str, Any]:
    """Return what the template of one kind of claim needs."""
    return {"rows": list(_rows(report, kind))}


def _rows(report: Report, kind: str) -> Iterator[dict[str, Any]]:
    source = report.ledger
    for place, row in enumerate(source.data["claims"]):
        if row["kind"] != kind:
            continue
        settled, path = row["settled"], ("claims", place, "settled")
        yield {
            "id": row["id"],
            "anchor": f"claim-{row['id']}",
            "statement": source.quote("claims", place, "statement"),
            "claimed": source.quote("claims", place, "claimed") if row.get("claimed") else None,
            "as_of": row["as_of"],
            "sources": [_article(report, name) for name in row["sources"]],
            "verdict": settled["verdict"],
            "slug": words.slug(settled["verdict"]),
            "figures": [
                figure
                for number in range(min(len(settled["measured"]), _FIGURES))
                if "ratio" not in settled["why"] and (figure := _figure(report, place, number)) is not None
            ],
            "why": source.quote(*path, "why"),
            "links": _links(report, settled["measured"]),
            "facts": [_fact(report, name) for name in settled["facts"] if name in source.data["facts"]],
            "rivals": [(each["claim"], each["verdict"], report.claim(each["claim"])) for each in settled["rivals"]],
        }


def _article(report: Report, name: str) -> tuple[Quote, str | None]:
    found = report.ledger.get("articles", name)
    if found is None:
        return report.ledger.quote("articles", name), None
    return report.ledger.quote("articles", name, "publisher"), found.get("url")


def _figure(report: Report, place: int, number: int) -> tuple[Interval, str | None] | None:
    """Return a ratio or a figure with its bounds, where the verdict rests on one."""
    path = ("claims", place, "settled", "measured", number)
    found = report.ledger.get(*path)
    if not isinstance(found.get("value"), (int, float)) or found.get("unit") is None:
        return None
    if found.get("low") is None or found.get("high") is None:
        return None
    return report.ledger.interval(*path, unit=found["unit"]), "times" if "ratio" in found["text"] else None


def _links(report: Report, measured: list[dict[str, Any]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return where the observations stand that a verdict rests on: by probe, each under the name of its stack.

    Where a stack stands there in two settings, they are told apart.
    """
    found: dict[str, tuple[str, str, str]] = {}
    for pointer in (pointer for each in measured for pointer in each["evidence"]):
        link = report.evidence(pointer)
        if link:
            each = report.run.observations[int(pointer.split("/")[2])]
            setting = words.SETTINGS.get(each.setting, words.line(each.setting)) if each.setting else ""
            found.setdefault(link, (each.probe, report.stack(each.stack).plain, setting))
    cited = list(found.items())[:_LINKS]
    settings: dict[tuple[str, str], set[str]] = {}
    for _, (probe, name, setting) in cited:
        settings.setdefault((probe, name), set()).add(setting)
    shown: dict[str, list[tuple[str, str]]] = {}
    for link, (probe, name, setting) in cited:
        told = f"{name} {setting}" if len(settings[probe, name]) > 1 and setting else name
        shown.setdefault(report.probe_title(probe), []).append((told, link))
    return list(shown.items())


def _fact(report: Report, name: str) -> dict[str, Any]:
    path, found = ("facts", name), report.ledger.get("facts", name)
    return {
        "statement": report.ledger.quote(*path, "statement"),
        "since": found["since"],
        "title": report.ledger.quote(*path, "title"),
        "url": found.get("url"),
    }


_MOST_CHANGES = 2


def advice(report: Report) -> dict[str, Any]:
    """Return what the template of the page needs."""
    source = report.past
    return {
        "agreed": source.figure("agreement", "agreed"),
        "asked": source.figure("agreement", "asked"),
        "possible": source.figure("agreement", "possible"),
        "rows": [_advice_row(report, place, row) for place, row in enumerate(source.data["rows"])],
        "chart": _time_line(report),
    }


def _time_line(report: Report) -> Picture | None:
    """Draw every advice and the answers to its question: of its day, and of today."""
    import pandas as pd

    from advisor.report.charts.history import advice as drawn

    source, today = report.past, report.run.finished.date().isoformat()
    rows = []
    for number, row in enumerate(source.data["rows"]):
        persona, agreed = words.line(row["persona"]), ("does not agree", "agrees")
        for when, day in (("then", row["day"]), ("now", today)):
            answer = row.get(when)
            if answer:
                title = words.line(answer.get("title") or "none")
                style = words.slug(title.partition(" ")[0])
                agrees = agreed[bool(row["agreed_then" if when == "then" else "agrees_now"])]
                said = words.line(row["recommends"])
                rows.append((f"{persona}\u2063{number}", persona, day, when, title, style, agrees, said))
    if not rows:
        return None
    frame = pd.DataFrame(rows, columns=["row", "persona", "day", "when", "title", "framework", "answer", "said"])
    finding = Markup("On the facts of its day the engine agrees with {} of {}.").format(
        source.figure("agreement", "agreed"), source.figure("agreement", "asked")
    )
    return drawn(frame, finding)


def _advice_row(report: Report, place: int, row: dict[str, Any]) -> dict[str, Any]:
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
        ][:_MOST_CHANGES],
    }


def _answer(report: Report, place: int, when: str) -> dict[str, Any]:
    found = report.past.get("rows", place, when)
    title: Quote | None = report.past.quote("rows", place, when, "title") if found.get("title") else None
    return {"verdict": found["verdict"], "title": title}
