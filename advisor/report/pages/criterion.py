"""The page of one criterion: the question, why it matters, what each stack's figure is worth to each profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from advisor.decision.criteria import Criterion, load_criteria
from advisor.decision.recommendation import Ranked, Recommendation
from advisor.decision.value import LOGARITHMIC
from advisor.report import numbers, words
from advisor.report.figures import Figure, Quote
from advisor.report.pages.cells import CellView, cell_view
from advisor.report.pages.context import Report
from advisor.report.pages.profile import profile_name


@dataclass(frozen=True)
class Worth:
    """What one stack's figure is worth to one profile: the score with its bounds, in percent of the way."""

    cell: CellView
    score: Figure | None
    low: float
    high: float
    point: float | None


def page_name(criterion: str) -> str:
    """Return the name of a criterion's page."""
    return f"criterion-{words.slug(criterion)}"


def criteria(report: Report) -> list[tuple[str, str]]:
    """Return every criterion that a profile weighs, with its title, in the order in which they first appear."""
    found = {need.criterion: words.line(need.title) for told in report.recommendations for need in told.needs}
    return list(found.items())


def context(report: Report, name: str) -> dict[str, Any]:
    """Return what the template of one criterion's page needs."""
    told, place = next(
        (told, place)
        for told in report.recommendations
        for place, need in enumerate(told.needs)
        if need.criterion == name
    )
    source, known = report.sources[told.profile], load_criteria().get(name)
    return {
        "question": source.quote("needs", place, "question"),
        "why": Quote(words.line(known.why), f"definition:criterion:{name}/why") if known else None,
        "shape": _shape(told.needs[place].unit),
        "profiles": [
            _profile(report, each, index)
            for each in report.recommendations
            for index, need in enumerate(each.needs)
            if need.criterion == name
        ],
        "commands": _commands(known) if known else [],
        "documented": any(rule.documented for rule in known.evidence) if known else False,
    }


def _shape(unit: str) -> str:
    if unit in LOGARITHMIC:
        return "On the way from floor to target every factor is worth the same: halving a time counts as much anywhere."
    if unit == "level":
        return "The levels are equally spaced."
    return "On the way from floor to target every step is worth the same."


def _profile(report: Report, told: Recommendation, place: int) -> dict[str, Any]:
    source = report.sources[told.profile]
    anchor = f"for-{words.slug(told.profile)}"
    return {
        "name": profile_name(told),
        "anchor": anchor,
        "href": report.href(report.profile_page(told.profile), f"criterion-{words.slug(told.needs[place].criterion)}"),
        "weight": source.figure("needs", place, "weight", show=numbers.weight),
        "floor": source.quote("needs", place, "floor_text"),
        "target": source.quote("needs", place, "target_text"),
        "because": source.quote("needs", place, "because"),
        "worths": [_worth(report, told, each, told.needs[place].criterion) for each in told.ranking],
    }


def _worth(report: Report, told: Recommendation, ranked: Ranked, criterion: str) -> Worth:
    place = next(
        (
            index
            for index, cell in enumerate(told.evidence)
            if (cell.criterion, cell.framework, cell.route) == (criterion, ranked.framework, ranked.route)
        ),
        None,
    )
    view = cell_view(report, told, place, ranked)
    if place is None:
        return Worth(view, None, 0.0, 100.0, None)
    cell = told.evidence[place]
    score = None
    if cell.score is not None:
        score = report.sources[told.profile].figure("evidence", place, "score", show=numbers.score)
    return Worth(
        view, score, 100 * cell.score_low, 100 * cell.score_high, None if cell.score is None else 100 * cell.score
    )


def _commands(criterion: Criterion) -> list[str]:
    """Return the command lines that measure this criterion again, without those that differ in nothing."""
    probes = [rule.measured.probe for rule in criterion.evidence if rule.measured]
    return [f"advisor probe --only '{probe}'" for probe in dict.fromkeys(probes)]
