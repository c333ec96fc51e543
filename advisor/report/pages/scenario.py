"""What a browser needs to weigh again: the value of every stack on every criterion, and which constraints it meets."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from advisor.decision.recommendation import Ranked, Recommendation
from advisor.report import words
from advisor.report.pages.cells import NeedView
from advisor.report.pages.context import Report


def context(report: Report, told: Recommendation, needs: list[NeedView]) -> dict[str, Any]:
    """Return the data of the what-if of one profile; nothing when there is nothing to weigh."""
    stacks = [each for each in told.ranking if each.contributions]
    if len(stacks) < 2 or len(needs) < 2:
        return {}
    criteria = [
        {
            "id": view.need.criterion,
            "anchor": words.slug(view.need.criterion),
            "weight": view.need.weight,
            "title": words.line(view.need.title),
        }
        for view in needs
    ]
    constraints = [
        {"id": need.criterion, "anchor": words.slug(need.criterion), "text": words.line(need.text)}
        for need in told.constraints
    ]
    data = {
        "profile": words.line(told.profile),
        "criteria": criteria,
        "constraints": constraints,
        "stacks": [_stack(report, each, [view.need.criterion for view in needs]) for each in stacks],
    }
    # The script makes the controls: without it there would be nothing to move.
    return {"data": _script(data)}


def _stack(report: Report, ranked: Ranked, criteria: list[str]) -> dict[str, Any]:
    name = report.stack(ranked.stack)
    parts = {part.criterion: part for part in ranked.contributions}
    # What nobody knows counts in its middle, as in the engine's value.
    values = [
        part.value if part.value is not None else (part.low + part.high) / 2
        for part in (parts[criterion] for criterion in criteria)
    ]
    return {
        "style": name.style,
        "first": name.first,
        "via": name.via,
        "values": values,
        "checks": {check.criterion: check.outcome for check in ranked.constraints},
    }


def _script(data: object) -> Markup:
    """Return JSON that can stand in a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - every character that HTML knows is written as a JSON escape
