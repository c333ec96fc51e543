"""The performance table: every criterion of every profile, every stack, each cell with where it comes from."""

from __future__ import annotations

from typing import Any

from advisor.decision.recommendation import Cell, Need, Ranked, Recommendation
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
    for criterion, row in rows.items():
        row["cells"] = [_cell(report, criterion, stack) for stack in columns]
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


def _cell(report: Report, criterion: str, stack: tuple[str, str | None]) -> tuple[StackName, CellView | None]:
    """Return the cell as the first profile that judges this stack on this criterion has it."""
    framework, route = stack
    name = report.stack(framework, route)
    for told in report.recommendations:
        for place, cell in enumerate(told.evidence):
            if _is(cell, criterion, framework, route):
                ranked = Ranked(framework=framework, route=route, feasible=True, value=0.0, low=0.0, high=0.0)
                return name, cell_view(report, told, place, ranked)
    return name, None


def _is(cell: Cell, criterion: str, framework: str, route: str | None) -> bool:
    return (cell.criterion, cell.framework, cell.route) == (criterion, framework, route)
