"""The first page: one answer per profile, how sure it is, and what the answers rest on."""

from __future__ import annotations

from collections import Counter
from typing import Any

from markupsafe import Markup

from advisor.decision.recommendation import Recommendation
from advisor.report import numbers, words
from advisor.report.figures import Figure
from advisor.report.pages.arguments import reason
from advisor.report.pages.context import Report, StackName
from advisor.report.pages.profile import Part, heading, profile_name, shares


def context(report: Report) -> dict[str, Any]:
    """Return what the template of the first page needs."""
    return {
        "cards": [_card(report, told) for told in report.recommendations],
        "verdicts": words.VERDICTS,
        "sentence": sentence(report),
    }


def sentence(report: Report) -> str:
    """Say in one sentence what the answers come to."""
    told = report.recommendations
    if len(told) == 1:
        said = heading(report, told[0])
        # A heading that ends with the word needs it no second time.
        return f"{said}." if said.endswith(f" {told[0].verdict}") else f"{said} ({told[0].verdict})."
    first = Counter(report.stack(each.answer.framework).first for each in told if each.answer and not each.tied)
    if not first:
        return "For none of these needs one framework is ahead." if told else ""
    name, times = first.most_common(1)[0]
    if times == len(told):
        return f"{name} is ahead for every one of these needs."
    if 2 * times > len(told):
        return f"{name} is ahead for most of these needs; what ships and where it differs is below."
    return "It depends on what you ship: no framework is ahead for most of these needs."


def _card(report: Report, told: Recommendation) -> dict[str, Any]:
    source = report.sources[told.profile]
    feasible = [(place, each) for place, each in enumerate(told.ranking) if each.feasible]
    stacks = [report.stack(each.stack) for _, each in feasible]
    return {
        "name": profile_name(told),
        "href": report.href(report.profile_page(told.profile)),
        "told": told,
        "source": source,
        "answers": _answers(report, told),
        "first": _first(report, told, 0),
        "runner_up": stacks[1] if len(stacks) > 1 and told.verdict != "tie" else None,
        "runner_up_first": _first(report, told, 1),
        "reason": reason(report, told, 0) if told.reasons else None,
        "change": source.quote("flips", 0, "text") if told.flips else None,
        "shares": shares(told),
        "coverage": {
            kind: source.figure("coverage", kind, show=numbers.percent)
            for kind in ("measured", "documented", "missing")
        },
        "coverage_parts": _coverage(told),
        "why": _why(report, told),
    }


def _answers(report: Report, told: Recommendation) -> list[StackName]:
    if told.verdict == "infeasible":
        return []
    if told.verdict == "tie" and told.tied:
        return [report.stack(each.stack) for each in told.tied]
    return [report.stack(told.answer.stack)] if told.answer else []


def _first(report: Report, told: Recommendation, number: int) -> Figure | None:
    places = [place for place, each in enumerate(told.ranking) if each.feasible and each.rank_acceptability]
    # Of one stack alone, "first" says nothing.
    if len(places) < 2 or number >= len(places):
        return None
    return report.sources[told.profile].figure("ranking", places[number], "rank_acceptability", 0, show=numbers.percent)


def _coverage(told: Recommendation) -> list[Part]:
    parts, start = [], 0.0
    for style, share in (
        ("ink", told.coverage.measured),
        ("mid", told.coverage.documented),
        ("none", told.coverage.missing),
    ):
        if share > 0:
            parts.append(Part(style, start, share * 100))
        start += share * 100
    return parts


def _why(report: Report, told: Recommendation) -> str | Markup:
    """Return why the verdict is this word and not another."""
    source = report.sources[told.profile]
    if told.verdict == "infeasible":
        nearest = min((each for each in told.ranking), key=lambda each: each.would_rank or 99, default=None)
        if nearest is None:
            return "no stack was there to judge"
        return f"nearest miss: {report.stack(nearest.stack).plain}"
    if told.conditions:
        what = "provided that" if told.answer else "yet to be shown:"
        return Markup("{} {}").format(what, source.quote("conditions", 0))
    return {
        "recommended": "every constraint passes" if told.constraints else "first in nine of ten worlds and more",
        "lean": "ahead, but not in nine of ten worlds",
        "tie": "too close to matter, so what the team knows decides",
        "undetermined": "too much evidence is missing",
    }[told.verdict]
