"""The docs directory: every page of a report as Markdown, the files behind them, and the navigation."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from advisor.articles.pages import claims, paper
from advisor.decision.recommendation import Recommendation
from advisor.documents import write_json, write_packed, write_text
from advisor.report import drawing_cache, frames, words
from advisor.report.embeds import Pieces
from advisor.report.pages import criterion, evidence, home, machines, model, profile, run_pages, scenario
from advisor.report.pages.context import Report
from advisor.report.pages.drawings import drawings
from advisor.report.pages.render import TOC, Nav, Pages, Renderer
from advisor.report.rows import csv_text

COLUMNS = (
    "profile", "criterion", "framework", "route", "outcome", "value", "low", "high", "unit", "level", "n",
    "provenance", "evidence", "source", "date", "message",
)  # fmt: skip


def evidence_rows(recommendations: Sequence[Recommendation]) -> list[dict[str, Any]]:
    """Return every cell of every profile's performance table as plain values, in base units."""
    return [
        cell.model_dump(mode="json") | {"profile": told.profile} for told in recommendations for cell in told.evidence
    ]


def evidence_csv(recommendations: Sequence[Recommendation]) -> str:
    """Return every cell of every profile's performance table as CSV, in base units."""
    return csv_text(evidence_rows(recommendations), COLUMNS)


def evidence_json(recommendations: Sequence[Recommendation]) -> str:
    """Return the same cells as JSON, for other programs."""
    rows = [
        {name: row[name] for name in COLUMNS if row.get(name) is not None} for row in evidence_rows(recommendations)
    ]
    document = {"schema": "advisor.evidence/1", "cells": rows}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


__all__ = ["Nav", "pages", "write"]

TITLE = "Which deep learning framework should we use?"


def write(
    report: Report, folder: Path, templates: Path | None = None, *, on_page: Callable[[str], None] | None = None
) -> Nav:
    """Write all pages under `folder`; return the navigation as MkDocs takes it.

    Parameters
    ----------
    report : Report
        What the pages are about.
    folder : Path
        The docs directory; files in it are overwritten.
    templates : Path, optional
        A folder of templates that win over the shipped ones.
    on_page : callable, optional
        Is told the name of each page that was written.
    """
    return pages(report, folder, templates, on_page=on_page)[0]


def pages(
    report: Report, folder: Path, templates: Path | None = None, *, on_page: Callable[[str], None] | None = None
) -> tuple[Nav, Pieces]:
    """Write all pages as `write` does; return the navigation, and the pieces that other pages may embed."""
    written = Pages(folder, Renderer(report, templates), on_page)
    several = machines.gather(report, folder) if report.behind else None
    written.add(
        "index", "home", TITLE, home.sentence(report) or "No question was asked.", "wide home",
        heading=TITLE, several=several and machines.summary(several), **home.context(report),
    )  # fmt: skip
    groups = {"Answers": _answers(report, written)}
    if report.behind:
        groups |= _behind(report, written, several, templates)
    about = {"files": _files(report, folder, several)}
    groups.setdefault("About", []).extend(
        written.simple("downloads", "downloads", "The files behind these pages", "Downloads", TOC, about)
    )
    drawing_cache.tidy()
    nav: Nav = [{"Which framework?": "index.md"}, *({title: entries} for title, entries in groups.items() if entries)]
    return nav, written.pieces


def _answers(report: Report, written: Pages) -> Nav:
    answers: Nav = []
    for told in report.recommendations:
        context = profile.context(report, told)
        context["charts"] = drawings(report, told, context["needs"])
        same = frames.alike(told)
        context["alike"] = [view.title for view in context["needs"] if view.need.criterion in same]
        context["further"] = len(context["needs"]) - len(same) > frames.DRAWN
        if report.scripts:
            context["script"] = "what-if.js"
        context["what_if"] = scenario.context(report, told, context["needs"]) if report.scripts else {}
        name = report.profile_page(told.profile)
        context["model_page"] = model.page_name(report, told)
        sure = f"{context['heading']} ({told.verdict}), and why."
        written.add(name, "profile", context["heading"], sure, TOC, **context)
        answers.append({words.brief(context["name"]): f"{name}.md"})
    return [*answers, *_models(report, written)]


def _models(report: Report, written: Pages) -> Nav:
    """Write a page for each model that was asked about."""
    found: dict[str, Nav] = {}
    for told in report.recommendations:
        name = model.page_name(report, told)
        if name is not None and name not in found and told.model is not None:
            title = words.line(told.model.title)
            context = model.context(report, told)
            found[name] = written.simple(name, "model", title, words.brief(title), "wide", context)
    return [entry for entries in found.values() for entry in entries]


def _behind(report: Report, written: Pages, several: machines.Several | None, templates: Path | None) -> dict[str, Nav]:
    """Write the pages behind the answers; return their entries in the navigation by group."""
    behind = written.simple(
        "evidence", "evidence", "What is known of every stack", "Criteria", "wide", evidence.context(report)
    )
    for name, title in criterion.criteria(report):
        written.simple(criterion.page_name(name), "criterion", title, title, TOC, criterion.context(report, name))
    entries = run_pages.write(report, written)
    for name in ("workloads", "sizes", "capabilities", "routes", "machine"):
        behind += entries[name]
    behind += _several(written, several) if several else []
    known = [*entries["claims"]]
    if report.articles and report.past.data["rows"]:
        known += written.simple(
            "then-and-now", "then-and-now", "What articles advised, then and now", "Then and now", "wide",
            claims.advice(report),
        )  # fmt: skip
    known += entries["systems"]
    about = _long_report(report, written, templates) if report.articles and report.recommendations else []
    return {"Evidence": behind, "Knowledge": known, "About": [*about, *entries["method"]]}


def _long_report(report: Report, written: Pages, templates: Path | None) -> Nav:
    found: Nav = []
    papers = paper.papers(report, report.recommendations[0], templates)
    for each in papers:
        # The body is read, and an appendix is looked up: its tables need the width.
        layout = TOC if each is papers[0] or each.short == "References" else "wide"
        context = paper.context(report, report.recommendations[0], each, papers)
        entry = written.simple(each.name, "report", each.heading, each.short, layout, context)
        found += entry if each is papers[0] else []
    return found


def _several(pages: Pages, several: machines.Several) -> Nav:
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
    # Half of a site would be its Run: packed it is a fifth of that, and advisor reads it as it is.
    write_packed(folder / "run.json.gz", report.run)
    files = [("run.json.gz", "The Run: everything that was measured, with every sample")]
    for told in report.recommendations:
        name = f"{report.sources[told.profile].name}.json"
        write_json(folder / name, told)
        files.append((name, f"The Recommendation for {profile.profile_name(told)}: ranking, evidence, flips, weights"))
    documents = [
        (report.matrix, "The capability matrix: what each framework was seen to do"),
        (report.speeds, "How many times as long as the fastest each stack takes, work by work, and the means of that"),
        (report.blocks, "What became of every timed block: how many count, how many were disturbed, and by what"),
    ]
    if report.articles:
        documents += [
            (report.ledger, "The claims of the articles, and what became of each on this Run"),
            (report.past, "What articles advised, and what the engine says of that day and of today"),
            (report.survey, "The systems that the articles name: status, since when, and who says so"),
        ]
    for source, what in documents:
        write_json(folder / f"{source.name}.json", source.document)
        files.append((f"{source.name}.json", what))
    if several:
        files += [(f"{name}.json.gz", "A further Run, with every sample") for name in several.sources if name != "run"]
        for source, what in several.documents:
            write_json(folder / f"{source.name}.json", source.document)
            files.append((f"{source.name}.json", what))
    write_text(folder / "evidence.csv", evidence_csv(report.recommendations))
    write_text(folder / "evidence.json", evidence_json(report.recommendations))
    return [
        *files,
        ("evidence.csv", "Every cell of every performance table, for a spreadsheet"),
        ("evidence.json", "The same cells for other programs"),
    ]
