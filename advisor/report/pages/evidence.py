"""The performance table: every criterion of every profile, every stack, each cell with where it comes from.

Not every criterion is asked of every stack (what a phone takes up is no question to a framework alone), so those that
are asked of the same stacks share a table, which has no column without a figure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from advisor.decision.recommendation import Need, Ranked, Recommendation
from advisor.keys import Stack
from advisor.report import words
from advisor.report.pages.cells import CellView, cell_view, looked
from advisor.report.pages.context import Report


def context(report: Report) -> dict[str, Any]:
    """Return what the template of the evidence page needs."""
    every = stacks(report)
    rows: dict[str, dict[str, Any]] = {}
    for told in report.recommendations:
        for place, need in enumerate(told.needs):
            rows.setdefault(need.criterion, _row(report, told, place, need))
    first: dict[tuple[str, Stack], tuple[Recommendation, int]] = {}
    for told in report.recommendations:
        for place, cell in enumerate(told.evidence):
            first.setdefault((cell.criterion, cell.stack), (told, place))
    groups: dict[tuple[Stack, ...], dict[str, Any]] = {}
    for criterion, row in rows.items():
        asked = tuple(stack for stack in every if (criterion, stack) in first)
        row["cells"] = [_cell(report, stack, *first[criterion, stack]) for stack in asked]
        groups.setdefault(asked, _group(report, asked, every))["rows"].append(row)
    return {
        "groups": [_named(place, groups[asked]) for place, asked in enumerate(sorted(groups, key=_rank(every)))],
        "looked": looked(cell for row in rows.values() for cell in row["cells"]),
    }


def stacks(report: Report) -> list[Stack]:
    """Return every stack that any profile judges, those of a framework beside each other."""
    found = {cell.stack for told in report.recommendations for cell in told.evidence}
    return sorted(found, key=lambda stack: (stack.framework, stack.route or ""))


def _rank(every: list[Stack]) -> Callable[[tuple[Stack, ...]], tuple[int, int]]:
    """Return the order of the tables: what is asked of every stack, of frameworks alone, of both, of ways alone."""

    def rank(asked: tuple[Stack, ...]) -> tuple[int, int]:
        alone = sum(stack.route is None for stack in asked)
        kind = 0 if list(asked) == every else 1 if alone == len(asked) else 2 if alone else 3
        return kind, -len(asked)

    return rank


def _named(place: int, group: dict[str, Any]) -> dict[str, Any]:
    return group | {"anchor": f"table-{place + 1}" if place else "table"}


def _group(report: Report, asked: tuple[Stack, ...], every: list[Stack]) -> dict[str, Any]:
    return {
        "title": _title(report, asked, every),
        "stacks": [report.stack(stack) for stack in asked],
        "rows": [],
    }


def _title(report: Report, asked: tuple[Stack, ...], every: list[Stack]) -> str:
    """Say what the criteria of one table are asked of."""
    if not asked:
        return "Of no stack yet"
    if list(asked) == every:
        return "Of every stack"
    alone = [stack for stack in asked if stack.route is None]
    named = [report.stack(stack).plain for stack in alone]
    frameworks = "frameworks alone" if alone == [each for each in every if each.route is None] else _listed(named)
    ways = list(dict.fromkeys(report.stack(stack).via for stack in asked if stack.route is not None))
    if not ways:
        return f"Of {frameworks}"
    through = _listed([via for via in ways if via])
    return f"Of {frameworks}, and through {through}" if alone else f"Of ways through {through}"


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _row(report: Report, told: Recommendation, place: int, need: Need) -> dict[str, Any]:
    source = report.sources[told.profile]
    return {
        "anchor": f"criterion-{words.slug(need.criterion)}",
        "title": source.quote("needs", place, "title"),
        "href": report.href(f"criterion-{words.slug(need.criterion)}"),
        "cells": [],
    }


def _cell(report: Report, stack: Stack, told: Recommendation, place: int) -> CellView:
    """Return the cell as the first profile that judges this stack on this criterion has it."""
    ranked = Ranked(framework=stack.framework, route=stack.route, feasible=True, value=0.0, low=0.0, high=0.0)
    return cell_view(report, told, place, ranked)
