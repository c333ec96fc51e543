"""The page of the machine: what it is, what was held equal, which versions, and where the time went."""

from __future__ import annotations

from typing import Any

from advisor.decision import phrases
from advisor.measurement.metrics import load_metrics
from advisor.measurement.run import LEFT_OUT, Skipped
from advisor.report import numbers, words
from advisor.report.figures import Figure, Quote
from advisor.report.pages.context import Report
from advisor.report.pages.probe import reading


def context(report: Report) -> dict[str, Any]:
    """Return what the template of the machine's page needs."""
    known = load_metrics()
    return {
        "frameworks": [_framework(report, key) for key in report.run.frameworks],
        "environment": _environment(report),
        "spent": _spent(report),
        "floor": [
            (report.stack(key), report.source.figure("aa_floor", key, show=_share)) for key in report.run.aa_floor
        ],
        "signals": [(words.line(name), report.source.quote("noise", name)) for name in report.run.noise],
        "untold": [
            (words.metric(name) if name in known else words.line(name), report.source.quote("not_measurable", name))
            for name in report.run.not_measurable
        ],
        "blocks": _blocks(report),
        "timed": any(page.group in ("workload", "probe") for page in report.tried),
        "skipped": [
            (report.source.quote("skipped", place, "probe"), _left_out(report, place, each))
            for place, each in enumerate(report.run.skipped)
        ],
    }


def _left_out(report: Report, place: int, skipped: Skipped) -> Quote:
    said = words.line(phrases.left_out(skipped, report.run.titles))
    return Quote(said, report.source.reference("skipped", place))


def _blocks(report: Report) -> dict[str, Any] | None:
    """Return how many blocks were timed, how many of them were disturbed, and by what."""
    source = report.blocks
    if not source.data["all"]["timed"]:
        return None
    return {
        "timed": source.figure("all", "timed"),
        "disturbed": source.figure("all", "disturbed"),
        "reasons": [(words.line(reason), source.figure("reasons", reason)) for reason in source.data["reasons"]],
    }


def _share(value: float) -> str:
    return numbers.rough(value, "", share=True)


def _framework(report: Report, key: str) -> dict[str, Any]:
    source, found, path = report.source, report.run.frameworks[key], ("frameworks", key)
    threads: Figure | None = None
    if found.threads_effective is not None:
        threads = source.figure(*path, "threads_effective", show=lambda value: f"{value:.2f}")
    return {
        "stack": report.stack(key),
        "outcome": found.outcome,
        "version": source.quote(*path, "version") if found.version else None,
        "python": source.quote(*path, "python") if found.python else None,
        "packages": [(words.line(name), source.quote(*path, "packages", name)) for name in found.packages],
        "settings": [(words.line(name), source.quote(*path, "settings", name)) for name in found.settings],
        "requested": source.figure(*path, "threads_requested") if found.threads_requested is not None else None,
        "threads": threads,
        "message": source.quote(*path, "message", lines=True) if found.message else None,
        "install": words.line(found.install) if found.install else None,
    }


def _environment(report: Report) -> dict[str, Any]:
    """Return the environment probe as one row per metric and one column per framework."""
    rows: dict[str, dict[str, Any]] = {}
    columns: list[str] = []
    for index, each in enumerate(report.run.observations):
        if each.probe == "environment" and each.metric:
            rows.setdefault(each.metric, {})[each.framework] = reading(report, index, each)
            if each.framework not in columns:
                columns.append(each.framework)
    return {
        "stacks": [report.stack(key) for key in columns],
        "kept": LEFT_OUT if any(LEFT_OUT in found.settings for found in report.run.frameworks.values()) else None,
        "rows": [(words.metric(name), [cells.get(key) for key in columns]) for name, cells in rows.items()],
    }


def _spent(report: Report) -> list[tuple[str, Figure]]:
    if report.run.spent is None:
        return []
    parts = {
        "imports": "Imports",
        "preparation": "Compilation and export",
        "sampling": "Sampling",
        "rest": "The rest",
        "total": "All",
    }
    return [
        (title, report.source.figure("spent", key, show=lambda value: f"{value:.1f}{numbers.NARROW}s"))
        for key, title in parts.items()
    ]
