"""The capability matrix and the page of each capability: one small program for each cell, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from advisor.measurement import definitions
from advisor.measurement.run import Observation
from advisor.report import numbers, publications, words
from advisor.report.figures import Figure, Quote, Source
from advisor.report.pages.context import ProbePage, Report
from advisor.report.pages.recipes import recipes

# The order in which people meet them; groups of others come after these, and what is in no group last.
GROUPS = ("Build", "Find mistakes", "Train", "Ship", "Routes of four networks", "Learn and reuse")
REST = "More"
MEANINGS = {
    "proved": "ran, and the check agreed",
    "refuted": "ran, and the check disagreed",
    "not_supported": "the framework offers no way",
    "not_applicable": "the question does not arise",
    "not_installed": "unknown: a package is missing here",
    "crashed": "the process of the recipe ended by a fault in what it ran",
    "error": "unknown: the recipe stopped",
    publications.NOT_RUN: "unknown: not tried in this Run",
    publications.NO_RECIPE: "advisor ships no program for it",
}
_MOST = 60


def grouped(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return capabilities by their groups, and by their titles within a group."""
    known = definitions.capabilities()
    titles = {name: known[name].title if name in known else name for name in names}
    groups: dict[str, list[str]] = {group: [] for group in GROUPS}
    for name in sorted(titles, key=lambda name: titles[name].lower()):
        groups.setdefault((known[name].group if name in known else None) or REST, []).append(name)
    groups[REST] = groups.pop(REST, [])
    return [(group, found) for group, found in groups.items() if found]


def context(report: Report) -> dict[str, Any]:
    """Return what the template of the matrix needs."""
    source = report.matrix
    names, rows = list(source.data["counts"]), list(enumerate(source.data["capabilities"]))
    places = {row["id"]: place for place, row in rows}
    homes = {page.probe for page in report.probes_of("capability")}
    listed = [name for name in places if report.articles or f"capability:{name}" in homes]
    seen = [word for word in MEANINGS if any(word in found for found in source.data["counts"].values())]
    absent = {name for name, found in report.run.frameworks.items() if found.outcome == "not_installed"}
    tried = [name for name in names if name not in absent and any(name in row["observations"] for _, row in rows)]
    return {
        "total": source.figure("total"),
        "stacks": [report.stack(name) for name in names],
        "groups": [(group, [_row(report, places[name], names) for name in found]) for group, found in grouped(listed)],
        "whole": len(listed) == len(places),
        "meanings": [(word, MEANINGS[word]) for word in seen],
        "seen": seen,
        "counts": [(report.stack(name), [_count(source, name, word) for word in seen]) for name in names],
        "tried": [(report.stack(name), _count(source, name, "proved")) for name in tried],
    }


def page(report: Report, about: ProbePage) -> dict[str, Any]:
    """Return what the template of one capability's page needs."""
    name = about.probe.removeprefix("capability:")
    capability = definitions.capabilities().get(name)
    observed = list(report.observed(about.indices))
    names = _varying([each for _, each in observed])
    results = [_result(report, index, each, names) for index, each in observed]

    def said(key: str, text: str) -> Quote:
        return Quote(words.line(text), f"definition:{about.probe}/{key}")

    return {
        "question": said("question", capability.question) if capability else None,
        "why": said("why", capability.why) if capability else None,
        "proof": said("proof", capability.proof) if capability else None,
        "meanings": [
            (outcome, said(f"outcomes/{outcome}", text)) for outcome, text in capability.outcomes.items()
        ] if capability else [],
        "results": results,
        "tables": list(_tables(results)),
        "recipes": recipes(report, capability.recipe) if capability else [],
        "claims": list(_claims(report, capability.settles)) if capability else [],
        "command": f"advisor probe --only '{about.probe}'",
    }  # fmt: skip


def _row(report: Report, place: int, names: list[str]) -> dict[str, Any]:
    source, row = report.matrix, report.matrix.data["capabilities"][place]
    homes = {page.probe: page.name for page in report.probes_of("capability")}
    home = homes.get(f"capability:{row['id']}")
    return {
        "anchor": f"capability-{words.slug(row['id'])}",
        "title": source.quote("capabilities", place, "title"),
        "href": report.href(home) if home else None,
        "cells": [
            (
                row["outcomes"].get(name, publications.NO_RECIPE),
                report.observation(row["observations"][name]) if name in row["observations"] else None,
            )
            for name in names
        ],
    }


def _count(source: Source, framework: str, outcome: str) -> Figure | str:
    found = source.get("counts", framework, outcome)
    return source.figure("counts", framework, outcome) if found else "–"


def _varying(observed: Sequence[Observation]) -> list[str]:
    """Return the parameters that tell the results of one recipe apart, such as the network."""
    names = dict.fromkeys(name for each in observed for name in each.parameters)
    return [name for name in names if len({str(each.parameters.get(name)) for each in observed}) > 1]


def _result(report: Report, index: int, each: Observation, names: Sequence[str]) -> dict[str, Any]:
    source, path = report.source, ("observations", index)
    stack = report.stack(each.framework)
    settings = [
        Setting(source.quote(*path, "parameters", name), " batch" if name == "batching" else "")
        for name in names
        if name in each.parameters
    ]
    return {
        "index": index,
        "stack": stack,
        "settings": settings,
        "head": settings[0] if settings else None,
        "plain": ", ".join([stack.plain, *map(str, settings)]),
        "outcome": each.outcome,
        "seconds": source.figure(*path, "seconds", show=lambda value: numbers.rough(value, "s"))
        if each.seconds
        else None,
        "where": source.quote(*path, "where") if each.where else None,
        "message": source.quote(*path, "message", lines=True) if each.message else None,
        "figures": dict(_figures(source, (*path, "proof"), source.get(*path, "proof") or {})),
    }


def _figures(source: Source, path: tuple[str | int, ...], here: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf of a proof with its name in words."""
    if isinstance(here, dict):
        for key, value in here.items():
            inner = words.line(str(key)).replace("_", " ")
            yield from _figures(source, (*path, key), value, f"{name}, {inner}" if name else inner)
    elif isinstance(here, list):
        for place, value in enumerate(here):
            yield from _figures(source, (*path, place), value, f"{name} {words.ordinal(place + 1)}")
    elif isinstance(here, (int, float)) and not isinstance(here, bool):
        yield name, source.figure(*path, show=lambda value: _shown(name, value))
    elif here is not None:
        yield name, {True: "yes", False: "no"}[here] if isinstance(here, bool) else source.quote(*path)


def _shown(name: str, value: float) -> str:
    last = name.rpartition(", ")[2]
    if "error" in last or last == "limit":
        return numbers.error(value)
    unit = "B" if "bytes" in last else "s" if "seconds" in last else ""
    return numbers.show(value, unit).text


@dataclass(frozen=True)
class Setting:
    """What tells one result of a recipe from its others, such as the network, with the word it is told in."""

    value: Quote
    word: str

    def __str__(self) -> str:
        return f"{self.value}{self.word}"

    def __html__(self) -> str:
        return Markup("{}{}").format(self.value, self.word)


def _tables(results: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield tables of figures: all frameworks side by side; where a recipe has several results, those of a setting."""
    if len({each["stack"].first for each in results}) == len(results) or not any(each["settings"] for each in results):
        groups = {"": results}
    else:
        # The first setting goes across, the others down: as many columns as there are networks.
        groups = {}
        for each in results:
            title = ", ".join([each["stack"].plain, *map(str, each["settings"][1:])])
            groups.setdefault(title, []).append(each)
    for title, group in groups.items():
        names = list(dict.fromkeys(name for each in group for name in each["figures"]))[:_MOST]
        if names:
            yield {
                "title": title,
                "results": group,
                "rows": [(name, [each["figures"].get(name) for each in group]) for name in names],
            }


def _claims(report: Report, settles: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for place, row in enumerate(report.ledger.data["claims"] if report.articles else ()):
        if row["id"] in settles:
            yield {
                "statement": report.ledger.quote("claims", place, "statement"),
                "verdict": row["settled"]["verdict"],
                "href": report.claim(row["id"]),
            }
