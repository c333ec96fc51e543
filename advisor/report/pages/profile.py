"""The page of one profile: the answer, how sure it is, and everything that stands behind it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from advisor.decision.recommendation import Ranked, Recommendation
from advisor.report import frames, numbers, words
from advisor.report.figures import Figure, Interval, Source
from advisor.report.pages.arguments import flips, reason, sentence
from advisor.report.pages.cells import NeedView, looked, need_views
from advisor.report.pages.context import Report

PLACES = 5
"""Of so many places the table has the shares; more columns would not fit beside the menu. The chart has all."""


_TELLING = 0.05
"""A share from which on it keeps an answer from being surer."""
_SURE = 0.9


@dataclass(frozen=True)
class Part:
    """One part of a bar: its style, where it begins and how wide it is, in percent."""

    style: str
    start: float
    width: float


def context(report: Report, told: Recommendation) -> dict[str, Any]:
    """Return what the template of a profile's page needs."""
    source = report.sources[told.profile]
    feasible = [(place, each) for place, each in enumerate(told.ranking) if each.feasible]
    out = [(place, each) for place, each in enumerate(told.ranking) if not each.feasible]
    drawn = feasible or out
    needs = need_views(report, told, [each for _, each in drawn])
    scale = _scale([each for _, each in feasible])
    return {
        "scale": scale,
        "told": told,
        "source": source,
        "name": profile_name(told),
        "heading": heading(report, told),
        "ranking": [ranked_view(report, source, place, each, scale) for place, each in feasible],
        "ranks": _ranks(report, source, feasible),
        "out": [_out(report, told, place, each) for place, each in out],
        "shares": shares(told),
        "needs": needs,
        "looked": looked(cell for view in needs for cell in view.cells),
        "stacks": [report.stack(each.stack) for _, each in drawn],
        "beside": frames.beside(len(drawn)),
        "constraints": _constraints(report, told, feasible),
        "contributions": _contributions(source, drawn, needs),
        "totals": [source.figure("ranking", place, "value", show=_three) for place, _ in drawn],
        "reasons": [reason(report, told, place) for place in range(len(told.reasons))],
        "against": sentence(report, source, told.against_grounds, "against") if told.against else None,
        "flips": flips(report, told),
        "stability": [row for row in _stability(told, source) if row["matters"]],
        "steady": [row["title"] for row in _stability(told, source) if not row["matters"]],
        "missing": _missing(needs),
        "surer": list(_not_surer(told, source)),
        "ways": words.WAYS,
        "days": _days,
    }


def _not_surer(told: Recommendation, source: Source) -> Iterator[Markup]:
    """Yield what keeps the answer from being surer, what weighs most first."""
    first = max((each.rank_acceptability[0] for each in told.ranking if each.rank_acceptability), default=1.0)
    if told.verdict == "tie":
        yield Markup("the lead is too small to matter")
    elif told.verdict == "lean" and first < _SURE:
        yield Markup("it is ahead in fewer than nine of ten worlds")
    if told.without:
        yield Markup("{}").format(source.quote("without", 0, "text"))
    if told.open and told.open[0].first >= _TELLING:
        title, share = source.quote("open", 0, "title"), source.figure("open", 0, "first", show=numbers.percent)
        yield Markup("{} could lead (in {} of the worlds) and was not measured").format(title, share)
    if told.coverage.missing >= _TELLING and first < _SURE:
        yield Markup("{} of the weight is missing").format(source.figure("coverage", "missing", show=numbers.percent))
    if told.lead is not None and abs(told.lead.transferred) > abs(told.lead.measured):
        yield Markup("what was measured was not your model on your device")


def _days(days: float) -> str:
    return f"{days:,.0f}"


def profile_name(told: Recommendation) -> str:
    """Return a profile's name as a title."""
    name = words.profile(told.profile)
    return name[:1].upper() + name[1:]


def heading(report: Report, told: Recommendation) -> str:
    """Return the sentence that states the answer."""
    name = words.profile(told.profile)
    if told.verdict == "infeasible":
        return f"For {name}, no stack meets the constraints"
    if told.verdict == "tie" and told.tied:
        tied = [report.stack(each.stack).spoken for each in told.tied]
        return f"For {name}, {', '.join(tied[:-1])} and {tied[-1]} tie"
    if told.answer is None:
        return f"For {name}, the evidence does not decide yet"
    answer = report.stack(told.answer.stack)
    ship = f" and ship it through {answer.via}" if answer.via else ""
    if told.verdict in ("lean", "undetermined"):
        return f"For {name}, lean toward {answer.first}" + (f", shipped through {answer.via}" if answer.via else "")
    return f"For {name}, use {answer.first}{ship}"


def ranked_view(
    report: Report, source: Source, place: int, ranked: Ranked, scale: tuple[float, float]
) -> dict[str, Any]:
    """Return one row of the ranking."""
    first = ranked.rank_acceptability
    low, width = scale[0], (scale[1] - scale[0]) / 100
    return {
        "stack": report.stack(ranked.stack),
        "value": source.interval("ranking", place, unit="") if ranked.low == ranked.high else _value(source, place),
        "first": source.figure("ranking", place, "rank_acceptability", 0, show=numbers.percent) if first else None,
        "low": (ranked.low - low) / width,
        "width": (ranked.high - ranked.low) / width,
        "point": (ranked.value - low) / width,
    }


def _ranks(report: Report, source: Source, feasible: Sequence[tuple[int, Ranked]]) -> list[dict[str, Any]]:
    """Return how often each stack takes each rank, and how often the first one with less known of the weights."""
    return [
        {
            "stack": report.stack(ranked.stack),
            "shares": [
                source.figure("ranking", place, "rank_acceptability", number, show=numbers.percent)
                for number in range(len(ranked.rank_acceptability))[:PLACES]
            ],
            "by_order": _share(source, place, "first_by_ranking", ranked.first_by_ranking),
            "by_any": _share(source, place, "first_by_any", ranked.first_by_any),
        }
        for place, ranked in feasible
        if ranked.rank_acceptability
    ]


def _share(source: Source, place: int, key: str, value: float | None) -> Figure | None:
    return None if value is None else source.figure("ranking", place, key, show=numbers.percent)


def _scale(ranked: Sequence[Ranked]) -> tuple[float, float]:
    """Return the ends of the axis of the ranking: the tenths around every bound."""
    low = math.floor(min((each.low for each in ranked), default=0.0) * 10) / 10
    high = math.ceil(max((each.high for each in ranked), default=1.0) * 10) / 10
    return (low, high) if high > low else (0.0, 1.0)


def shares(told: Recommendation) -> list[Part]:
    """Return how often each stack came first, as parts of a bar, in the order of the ranking."""
    parts, start = [], 0.0
    for each in told.ranking:
        width = each.rank_acceptability[0] * 100 if each.feasible and each.rank_acceptability else 0.0
        if width:
            parts.append(Part(words.slug(each.framework), start, width))
        start += width
    return parts


def _value(source: Source, place: int) -> Interval:
    value, low, high = (source.figure("ranking", place, key, show=numbers.score) for key in ("value", "low", "high"))
    return Interval(value, low, high)


def _three(value: float) -> str:
    return f"{value:.3f}" if value else "0"


def _constraints(report: Report, told: Recommendation, feasible: Sequence[tuple[int, Ranked]]) -> list[dict[str, Any]]:
    source = report.sources[told.profile]
    rows = []
    for number, need in enumerate(told.constraints):
        checks = []
        for place, ranked in feasible:
            found = next((i for i, each in enumerate(ranked.constraints) if each.criterion == need.criterion), None)
            checks.append(
                {
                    "stack": report.stack(ranked.stack),
                    "outcome": ranked.constraints[found].outcome if found is not None else "unknown",
                    "detail": source.quote("ranking", place, "constraints", found, "detail")
                    if found is not None
                    else None,
                }
            )
        rows.append(
            {
                "text": source.quote("constraints", number, "text"),
                "because": source.quote("constraints", number, "because"),
                "checks": checks,
            }
        )
    return rows


def _out(report: Report, told: Recommendation, place: int, ranked: Ranked) -> dict[str, Any]:
    source = report.sources[told.profile]
    places = {need.criterion: number for number, need in enumerate(told.constraints)}
    fails = [
        {
            "what": source.quote("constraints", places[check.criterion], "title")
            if check.criterion in places
            else words.name(check.criterion, told.titles),
            "detail": source.quote("ranking", place, "constraints", number, "detail"),
        }
        for number, check in enumerate(ranked.constraints)
        if check.outcome == "fail"
    ]
    would = source.figure("ranking", place, "would_rank", show=ordinal) if ranked.would_rank else None
    return {"stack": report.stack(ranked.stack), "fails": fails, "would": would}


def _contributions(
    source: Source, drawn: Sequence[tuple[int, Ranked]], needs: Iterable[NeedView]
) -> list[dict[str, Any]]:
    rows = []
    for view in needs:
        row: list[Any] = []
        for place, ranked in drawn:
            found = next(
                (i for i, each in enumerate(ranked.contributions) if each.criterion == view.need.criterion), None
            )
            row.append(None if found is None else _part(source, place, found, ranked))
        rows.append({"view": view, "parts": row})
    return rows


def _part(source: Source, place: int, number: int, ranked: Ranked) -> dict[str, Any]:
    """Return weight times value, or weight times its bounds where the value is not known."""
    part = ranked.contributions[number]
    path = ("ranking", place, "contributions", number)

    def product(key: str, value: float) -> Figure:
        # A page has hundreds of these, so the place of the contribution stands once, and its factors by name.
        return Figure(_three(part.weight * value), part.weight * value, source.reference(*path), by=f"weight {key}")

    if part.value is None:
        return {"low": product("low", part.low), "high": product("high", part.high)}
    return {"value": product("value", part.value)}


def _stability(told: Recommendation, source: Source) -> list[dict[str, Any]]:
    places = {need.criterion: place for place, need in enumerate(told.needs)}
    return [
        {
            "title": source.quote("needs", places[each.criterion], "title")
            if each.criterion in places
            else words.name(each.criterion, told.titles),
            "matters": each.low > 0 or each.high < 1,
            "weight": source.figure("stability", number, "weight", show=numbers.weight),
            "low": source.figure("stability", number, "low", show=numbers.weight),
            "high": source.figure("stability", number, "high", show=numbers.weight),
        }
        for number, each in sorted(enumerate(told.stability), key=lambda item: -item[1].weight)
    ]


def _missing(needs: Iterable[NeedView]) -> list[Mapping[str, Any]]:
    return [
        {"title": view.title, "stack": cell.stack, "why": cell.why, "outcome": cell.outcome}
        for view in needs
        for cell in view.cells
        if cell.provenance == "missing"
    ]


def ordinal(value: float) -> str:
    """Return ``4th`` for 4."""
    number = int(value)
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
