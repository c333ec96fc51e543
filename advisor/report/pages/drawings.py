"""The charts of the pages, drawn from the same views as their tables."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from advisor.decision.recommendation import Ranked, Recommendation, Stability
from advisor.measurement.grades import BOUNDED
from advisor.measurement.run import Observation
from advisor.measurement.timing import Summary
from advisor.report import numbers, words
from advisor.report.charts.contributions import Bar, Block, contributions
from advisor.report.charts.drawing import SHAPES, Drawing
from advisor.report.charts.evidence import Mark, Row, evidence
from advisor.report.charts.legend import legend
from advisor.report.charts.ranks import Shares, ranks
from advisor.report.charts.stability import Band, stability
from advisor.report.charts.strips import Strip, strips
from advisor.report.pages.cells import NeedView
from advisor.report.pages.context import ProbePage, Report, StackName


def drawings(report: Report, told: Recommendation, needs: Sequence[NeedView]) -> dict[str, Drawing]:
    """Return the charts of a profile's page by name; none without criteria."""
    drawn = [each for each in told.ranking if each.feasible] or list(told.ranking)
    if not needs or not drawn:
        return {}
    stacks = [report.stack(each.stack) for each in drawn]
    shapes = _shapes(stacks)
    bars = [_bar(stack, each, needs) for stack, each in zip(stacks, drawn, strict=True)]
    rows = [
        Row(str(view.title), f"{view.floor} to {view.target}", _marks(told, view, drawn, stacks, shapes))
        for view in needs
    ]
    further = {"ranks": _ranks(report, told, drawn), "stability": _stability(report, told)}
    return {name: found for name, found in further.items() if found is not None} | {
        "contributions": contributions(bars, _apart(stacks, drawn, needs)),
        "evidence": evidence(
            rows,
            _weakest(report, told, stacks, drawn, needs),
            legend((stack.style, shape, stack.plain) for stack, shape in zip(stacks, shapes, strict=True)),
        ),
    }


def _ranks(report: Report, told: Recommendation, drawn: Sequence[Ranked]) -> Drawing | None:
    """Draw how often each stack takes each rank; with one stack there is nothing to draw."""
    ranked = [each for each in drawn if each.feasible and each.rank_acceptability]
    if len(ranked) < 2:
        return None
    rows = [
        Shares(stack.plain, stack.style, each.rank_acceptability)
        for each in ranked
        for stack in (report.stack(each.stack),)
    ]
    first = max(range(len(ranked)), key=lambda number: ranked[number].rank_acceptability[0])
    place = told.ranking.index(ranked[first])
    share = report.sources[told.profile].figure("ranking", place, "rank_acceptability", 0, show=numbers.percent)
    return ranks(rows, Markup("{} comes first in {} of the worlds.").format(rows[first].name, share))


def _stability(report: Report, told: Recommendation) -> Drawing | None:
    """Draw the weights between which the answer stays, of those criteria whose weight can change it."""
    source, titles = report.sources[told.profile], {need.criterion: need.title for need in told.needs}
    found = sorted(enumerate(told.stability), key=lambda item: -item[1].weight)
    found = [(number, each) for number, each in found if each.low > 0 or each.high < 1]
    if not found:
        return None
    bands = [
        Band(words.line(titles.get(each.criterion, each.criterion)), each.weight, each.low, each.high)
        for _, each in found
    ]
    number, least = min(found, key=lambda item: _room(item[1]))
    places = [place for place, need in enumerate(told.needs) if need.criterion == least.criterion]
    title = source.quote("needs", places[0], "title") if places else words.name(least.criterion, told.titles)
    low, high = (source.figure("stability", number, key, show=numbers.weight) for key in ("low", "high"))
    finding = Markup("The weight of {} matters most: the answer stays between {} and {}.").format(title, low, high)
    return stability(bands, finding)


def _room(each: Stability) -> float:
    """Return how far a weight is from the nearest bound at which the answer changes."""
    below = each.weight - each.low if each.low > 0 else 1.0
    return min(below, each.high - each.weight if each.high < 1 else 1.0)


def blocks(report: Report, page: ProbePage) -> list[Drawing]:
    """Return the strip plots of a probe's timed blocks, one per batch size; none when nothing was timed in blocks."""
    batches: dict[str, list[tuple[int, Observation, Summary]]] = {}
    for index, each in report.observed(page.indices):
        if each.rounds and each.summary:
            batch = words.line(str(each.parameters.get("batch", "")))
            batches.setdefault(batch, []).append((index, each, each.summary))
    return [_strips(report, timed, batch if len(batches) > 1 else "") for batch, timed in batches.items()]


def _strips(report: Report, timed: Sequence[tuple[int, Observation, Summary]], batch: str) -> Drawing:
    order = sorted(timed, key=lambda item: item[2].median)
    rows = [
        Strip(
            _name(report, each),
            words.slug(each.framework),
            summary.median,
            [(block.median, block.accepted) for block in each.rounds],
        )
        for _, each, summary in order
    ]
    index, fastest, _ = order[0]
    keys = ("median", "low", "high")
    shown = report.source.interval("observations", index, "summary", unit=fastest.unit or "", keys=keys)
    size = report.source.quote("observations", index, "parameters", "batch") if batch else None
    if BOUNDED in (each.grade for _, each, _ in order):
        busy = Markup("The machine was busy{}: of some of these times only bounds are known.")
        return strips(rows, busy.format(Markup(" with batches of {}").format(size) if size else ""))
    where = Markup("In batches of {}, {}").format(size, rows[0].name) if size else Markup.escape(rows[0].name)
    return strips(rows, Markup("{} takes least: {} a call.").format(where, shown.value))


def _name(report: Report, each: Observation) -> str:
    parts = [report.stack(each.stack).plain]
    if each.setting:
        parts.append(words.SETTINGS.get(each.setting, words.line(each.setting)))
    if "precision" in each.parameters:
        parts.append(words.line(str(each.parameters["precision"])))
    return ", ".join(parts)


def _bar(stack: StackName, ranked: Ranked, needs: Sequence[NeedView]) -> Bar:
    parts = {part.criterion: part for part in ranked.contributions}
    blocks = []
    for view in needs:
        if (part := parts.get(view.need.criterion)) is not None:
            value = part.value if part.value is not None else (part.low + part.high) / 2
            blocks.append(Block(view.letter, part.weight * value, part.value is None))
    return Bar(stack.plain, stack.style, numbers.score(ranked.value), blocks)


def _marks(
    told: Recommendation, view: NeedView, drawn: Sequence[Ranked], stacks: Sequence[StackName], shapes: Sequence[str]
) -> list[Mark]:
    cells = {cell.stack: cell for cell in told.evidence if cell.criterion == view.need.criterion}
    marks = []
    for stack, shape, ranked in zip(stacks, shapes, drawn, strict=True):
        cell = cells.get(ranked.stack)
        if cell is None:
            marks.append(Mark(stack.style, shape, None, 0.0, 1.0))
        else:
            marks.append(Mark(stack.style, shape, cell.score, cell.score_low, cell.score_high))
    return marks


def _shapes(stacks: Sequence[StackName]) -> list[str]:
    """Two stacks of one framework share its color and differ in shape."""
    seen: dict[str, int] = {}
    shapes = []
    for stack in stacks:
        number = seen.get(stack.style, 0)
        shapes.append(SHAPES[number % len(SHAPES)])
        seen[stack.style] = number + 1
    return shapes


def _apart(stacks: Sequence[StackName], drawn: Sequence[Ranked], needs: Sequence[NeedView]) -> Markup:
    """Say which criterion sets the first stack apart from the second."""
    if len(drawn) < 2:
        return Markup("What the value of {} is made of.").format(stacks[0].plain)
    worth = [
        {part.criterion: part.weight * (part.value if part.value is not None else 0.5) for part in each.contributions}
        for each in drawn[:2]
    ]
    view = max(needs, key=lambda view: worth[0].get(view.need.criterion, 0) - worth[1].get(view.need.criterion, 0))
    gap = worth[0].get(view.need.criterion, 0) - worth[1].get(view.need.criterion, 0)
    if gap < 0.005:
        return Markup("No single criterion sets {} apart from {}.").format(stacks[0].plain, stacks[1].plain)
    apart = Markup("{} (block {}) does most to set {} apart from {}.")
    return apart.format(view.title, view.letter, stacks[0].plain, stacks[1].plain)


def _weakest(
    report: Report,
    told: Recommendation,
    stacks: Sequence[StackName],
    drawn: Sequence[Ranked],
    needs: Sequence[NeedView],
) -> Markup:
    """Say where the first stack is weakest."""
    first, source = drawn[0], report.sources[told.profile]
    titles = {view.need.criterion: view.title for view in needs}
    scored = [
        (cell.score, place)
        for place, cell in enumerate(told.evidence)
        if cell.stack == first.stack and cell.score is not None and cell.criterion in titles
    ]
    if not scored:
        return Markup("Nobody measured {}.").format(stacks[0].plain)
    _, place = min(scored)
    figure = source.figure("evidence", place, "score", show=numbers.score)
    return Markup("The weakest point of {} is {}, at {} of the way from floor to target.").format(
        stacks[0].plain, titles[told.evidence[place].criterion], figure
    )
