"""The page of one criterion: the question, why it matters, what each stack's figure is worth to each profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from advisor.criteria import Criterion, load_criteria
from advisor.decision.recommendation import Cell, Need, Ranked, Recommendation
from advisor.keys import Stack
from advisor.profiles.value import LOGARITHMIC, ValueFunction
from advisor.report import numbers, words
from advisor.report.charts.picture import Picture
from advisor.report.figures import Figure, Quote
from advisor.report.pages.cells import CellView, cell_view
from advisor.report.pages.context import Report
from advisor.report.pages.profile import profile_name

_NAMED = 3


@dataclass(frozen=True)
class Worth:
    """What one stack's figure is worth: how it is shown, its score, and the cell."""

    view: CellView
    score: Figure | None
    cell: Cell


@dataclass
class Scale:
    """One floor with one target, the profiles that ask for them, and what every stack is worth on the way."""

    need: Need
    floor: Quote
    target: Quote
    profiles: list[dict[str, Any]] = field(default_factory=list)
    cells: dict[Stack, Cell] = field(default_factory=dict)
    worths: list[Worth] = field(default_factory=list)

    def takes(self, need: Need, cells: Mapping[Stack, Cell]) -> bool:
        """Return whether a profile's need and cells are the same as those that are here."""
        if (need.floor, need.target) != (self.need.floor, self.need.target):
            return False
        return all(_seen(cell) == _seen(self.cells[key]) for key, cell in cells.items() if key in self.cells)


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
        "scales": [_shown(scale) for scale in _scales(report, name)],
        "commands": _commands(known) if known else [],
        "documented": any(rule.documented for rule in known.evidence) if known else False,
    }


def _shape(unit: str) -> str:
    if unit in LOGARITHMIC:
        return "On the way from floor to target every factor is worth the same: halving a time counts as much anywhere."
    if unit == "level":
        return "The levels are equally spaced."
    return "On the way from floor to target every step is worth the same."


def _scales(report: Report, name: str) -> list[Scale]:
    """Return every pair of floor and target once: profiles that agree on it share what is drawn."""
    scales: list[Scale] = []
    for told in report.recommendations:
        for place, need in enumerate(told.needs):
            if need.criterion != name:
                continue
            places = {cell.stack: index for index, cell in enumerate(told.evidence) if cell.criterion == name}
            cells = {stack: told.evidence[index] for stack, index in places.items()}
            scale = next((each for each in scales if each.takes(need, cells)), None)
            source = report.sources[told.profile]
            if scale is None:
                floor, target = (source.quote("needs", place, key) for key in ("floor_text", "target_text"))
                scales.append(scale := Scale(need, floor, target))
            scale.profiles.append(
                {
                    "name": profile_name(told),
                    "anchor": f"for-{words.slug(told.profile)}",
                    "href": report.href(report.profile_page(told.profile), f"criterion-{words.slug(name)}"),
                    "weight": source.figure("needs", place, "weight", show=numbers.weight),
                    "because": source.quote("needs", place, "because"),
                }
            )
            for ranked in told.ranking:
                stack = ranked.stack
                if stack in places and stack not in scale.cells:
                    scale.cells[stack] = cells[stack]
                    scale.worths.append(_worth(report, told, ranked, places[stack]))
    return scales


def _seen(cell: Cell) -> tuple[object, ...]:
    return cell.value, cell.low, cell.high, cell.text, cell.score, cell.provenance, cell.evidence


def _worth(report: Report, told: Recommendation, ranked: Ranked, place: int) -> Worth:
    view, cell = cell_view(report, told, place, ranked), told.evidence[place]
    score = None
    if cell.score is not None:
        score = report.sources[told.profile].figure("evidence", place, "score", show=numbers.score)
    return Worth(view, score, cell)


def _function(need: Need) -> ValueFunction | None:
    """Return the value function of a quantity; levels have their scores alone."""
    if isinstance(need.floor, str) or isinstance(need.target, str) or need.floor == need.target:
        return None
    return ValueFunction(need.floor, need.target, need.unit)


def _shown(scale: Scale) -> dict[str, Any]:
    order = sorted(scale.worths, key=lambda each: (each.cell.score is None, -(each.cell.score or 0.0)))
    titles = [profile["name"] for profile in scale.profiles]
    few = titles if len(titles) <= _NAMED else [*titles[: _NAMED - 1], "others"]
    title = f"For {', '.join(few[:-1])} and {few[-1]}" if len(few) > 1 else f"For {few[0]}"
    label = f"Worth from floor to target, with every stack: {title}. The table below has every value."
    return {
        "title": title,
        "anchor": f"scale-{scale.profiles[0]['anchor'].removeprefix('for-')}",
        "scale": scale,
        "worths": order,
        "chart": _chart(scale, order, label),
    }


def _chart(scale: Scale, order: Sequence[Worth], label: str) -> Picture | None:
    if not order:
        return None
    import pandas as pd

    from advisor.report.charts.scores import criterion

    rows = [
        {"name": each.view.stack.plain, "framework": each.view.stack.style, "title": words.line(scale.need.title)}
        | {key: getattr(each.cell, key) for key in ("text", "provenance", "score", "score_low", "score_high")}
        for each in order
    ]
    return criterion(pd.DataFrame(rows).astype({"score": float}), _ticks(scale), _finding(order), label)


def _ticks(scale: Scale) -> dict[float, str]:
    function = _function(scale.need)
    between: dict[float, str] = {}
    if function is not None:
        share = numbers.is_share(scale.need.criterion, scale.need.floor_text, scale.need.target_text)
        between = {0.5: numbers.rough(function.inverse(0.5), scale.need.unit, share=share)}
    return {0.0: str(scale.floor), **between, 1.0: str(scale.target)}


def _finding(order: Sequence[Worth]) -> Markup:
    """Say who reaches the target, or who comes closest to it."""
    known = [each for each in order if each.cell.score is not None]
    if not known:
        return Markup("Nobody knows a figure for any stack.")
    there = [each.view.stack.plain for each in known if (each.cell.score or 0.0) >= 1]
    if len(there) == len(order) and len(order) > 1:
        return Markup("Every stack reaches the target, so this sets none apart.")
    if there:
        few = there if len(there) <= _NAMED else [*there[: _NAMED - 1], "others"]
        names = f"{', '.join(few[:-1])} and {few[-1]}" if len(few) > 1 else few[0]
        return Markup("{} {} the target.").format(names, "reach" if len(few) > 1 else "reaches")
    if (known[0].cell.score or 0.0) <= 0:
        return Markup("No stack is better than the floor.")
    return Markup("{} comes closest to the target.").format(known[0].view.stack.plain)


def _commands(criterion: Criterion) -> list[str]:
    """Return the command lines that measure this criterion again, without those that differ in nothing."""
    probes = [rule.measured.probe_of(None) for rule in criterion.evidence if rule.measured]
    return [f"advisor probe --only '{probe}'" for probe in dict.fromkeys(probes)]
