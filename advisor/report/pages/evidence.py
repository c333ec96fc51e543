"""The performance table: every criterion of every profile, every stack, each cell with where it comes from."""

from __future__ import annotations

from typing import Any

from advisor.decision.recommendation import Need, Ranked, Recommendation
from advisor.report import words
from advisor.report.pages.cells import CellView, cell_view
from advisor.report.pages.context import Report, StackName


def context(report: Report) -> dict[str, Any]:
    """Return what the template of the evidence page needs."""
    columns = stacks(report)
    rows: dict[str, dict[str, Any]] = {}
    for told in report.recommendations:
        for place, need in enumerate(told.needs):
            rows.setdefault(need.criterion, _row(report, told, place, need))
    first: dict[tuple[str, str, str | None], tuple[Recommendation, int]] = {}
    for told in report.recommendations:
        for place, cell in enumerate(told.evidence):
            first.setdefault((cell.criterion, cell.framework, cell.route), (told, place))
    for criterion, row in rows.items():
        row["cells"] = [_cell(report, stack, first.get((criterion, *stack))) for stack in columns]
    return {
        "rows": list(rows.values()),
        "stacks": [report.stack(framework, route) for framework, route in columns],
    }


def stacks(report: Report) -> list[tuple[str, str | None]]:
    """Return every stack that any profile judges, in the order in which they first appear."""
    return list(
        dict.fromkeys(
            (cell.framework, cell.route)
            for told in report.recommendations
            for cell in sorted(told.evidence, key=lambda cell: (cell.framework, cell.route or ""))
        )
    )


def _row(report: Report, told: Recommendation, place: int, need: Need) -> dict[str, Any]:
    source = report.sources[told.profile]
    return {
        "anchor": f"criterion-{words.slug(need.criterion)}",
        "title": source.quote("needs", place, "title"),
        "href": report.href(f"criterion-{words.slug(need.criterion)}"),
        "cells": [],
    }


def _cell(
    report: Report, stack: tuple[str, str | None], found: tuple[Recommendation, int] | None
) -> tuple[StackName, CellView | None]:
    """Return the cell as the first profile that judges this stack on this criterion has it."""
    framework, route = stack
    if found is None:
        return report.stack(framework, route), None
    ranked = Ranked(framework=framework, route=route, feasible=True, value=0.0, low=0.0, high=0.0)
    return report.stack(framework, route), cell_view(report, *found, ranked)
