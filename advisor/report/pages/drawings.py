"""The charts of the pages: each with the sentence that it shows, on the frames behind its table."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from advisor.decision.recommendation import Recommendation, Stability
from advisor.measurement.run import Observation
from advisor.measurement.timing import BOUNDED
from advisor.report import frames, numbers, words
from advisor.report.charts.picture import Picture
from advisor.report.pages.cells import NeedView
from advisor.report.pages.context import ProbePage, Report


def drawings(report: Report, told: Recommendation, needs: Sequence[NeedView]) -> dict[str, Picture]:
    """Return the charts of a profile's page by name; none without criteria."""
    if not needs or not told.ranking:
        return {}
    from advisor.report.charts import scores

    found = {
        "ranks": _worlds(report, told),
        "lead": _lead(report, told),
        "evidence": scores.criteria(frames.criteria(report, told), _weakest(report, told, needs)),
        "stability": _stability(report, told),
    }
    return {name: picture for name, picture in found.items() if picture is not None}


def _worlds(report: Report, told: Recommendation) -> Picture | None:
    """Draw how often each stack takes each place; with one stack there is nothing to draw."""
    ranked = [place for place, each in enumerate(told.ranking) if each.feasible and each.rank_acceptability]
    if len(ranked) < 2:
        return None
    from advisor.report.charts.worlds import worlds

    first = max(ranked, key=lambda place: told.ranking[place].rank_acceptability[0])
    share = report.sources[told.profile].figure("ranking", first, "rank_acceptability", 0, show=numbers.percent)
    name = report.stack(told.ranking[first].stack).plain
    return worlds(frames.worlds(report, told), Markup("{} comes first in {} of the worlds.").format(name, share))


def _lead(report: Report, told: Recommendation) -> Picture | None:
    """Draw what sets the first stack apart from the second."""
    steps = frames.lead(report, told)
    if steps is None:
        return None
    from advisor.report.charts.lead import lead

    names = steps["step"].iloc[-1], steps["step"].iloc[0]
    most = steps.iloc[1:-1].nlargest(1, "amount").to_dict("records")
    if not most or most[0]["amount"] < 0.005:
        return lead(steps, Markup("No single criterion sets {} apart from {}.").format(*names))
    finding = Markup("{} does most to set {} apart from {}.").format(most[0]["step"], *names)
    return lead(steps, finding)


def _stability(report: Report, told: Recommendation) -> Picture | None:
    """Draw the weights between which the answer stays, of those criteria whose weight can change it."""
    found = [(number, each) for number, each in enumerate(told.stability) if each.low > 0 or each.high < 1]
    if not found:
        return None
    from advisor.report.charts.stability import stability

    source = report.sources[told.profile]
    number, least = min(found, key=lambda item: _room(item[1]))
    places = [place for place, need in enumerate(told.needs) if need.criterion == least.criterion]
    title = source.quote("needs", places[0], "title") if places else words.name(least.criterion, told.titles)
    low, high = (source.figure("stability", number, key, show=numbers.weight) for key in ("low", "high"))
    finding = Markup("The weight of {} matters most: the answer stays between {} and {}.").format(title, low, high)
    return stability(frames.stability(told), finding)


def _room(each: Stability) -> float:
    """Return how far a weight is from the nearest bound at which the answer changes."""
    below = each.weight - each.low if each.low > 0 else 1.0
    return min(below, each.high - each.weight if each.high < 1 else 1.0)


def blocks(report: Report, page: ProbePage) -> list[Picture]:
    """Return the strip plots of a probe's timed blocks, one per batch size; none when nothing was timed in blocks."""
    batches: dict[str, list[tuple[int, Observation]]] = {}
    for index, each in report.observed(page.indices):
        if each.rounds and each.summary:
            batch = words.line(str(each.parameters.get("batch", "")))
            batches.setdefault(batch, []).append((index, each))
    return [_blocks(report, timed, batch if len(batches) > 1 else "") for batch, timed in batches.items()]


def _blocks(report: Report, timed: Sequence[tuple[int, Observation]], batch: str) -> Picture:
    from advisor.report.charts.blocks import blocks

    order = sorted(timed, key=lambda item: item[1].summary.median if item[1].summary else 0.0)
    index, fastest = order[0]
    frame = frames.blocks([(each, _name(report, each)) for _, each in order])
    keys = ("median", "low", "high")
    shown = report.source.interval("observations", index, "summary", unit=fastest.unit or "", keys=keys)
    size = report.source.quote("observations", index, "parameters", "batch") if batch else None
    if BOUNDED in (each.grade for _, each in order):
        busy = Markup("The machine was busy{}: of some of these times only bounds are known.")
        return blocks(frame, busy.format(Markup(" with batches of {}").format(size) if size else ""))
    name = _name(report, fastest)
    where = Markup("In batches of {}, {}").format(size, name) if size else Markup.escape(name)
    return blocks(frame, Markup("{} takes least: {} a call.").format(where, shown.value))


def speed(report: Report) -> Picture | None:
    """Draw how many times as long as the fastest each stack takes for each work in its smallest batch."""
    frame = frames.speed(report)
    if frame.empty:
        return None
    from advisor.report.charts.speed import speed as matrix

    own = frame[~frame["row"].str.startswith(frames.MEAN)]
    # Ahead is who is fastest where somebody else is slower by more than what matters.
    apart = own[own["row"].isin(own[~own["alike"]]["row"])]
    ahead = apart[apart["ratio"] == 1]["column"].value_counts()
    if ahead.empty or 2 * ahead.iloc[0] <= own["row"].nunique():
        return matrix(frame, Markup("No framework takes least time in most of these works."))
    finding = Markup("{} takes least time in most of these works, by more than what matters.")
    return matrix(frame, finding.format(ahead.index[0]))


def grades(report: Report) -> Picture | None:
    """Draw how the blocks of all timings lie about the figures that stand for them, by grade."""
    frame = frames.grades(report.run)
    if frame.empty:
        return None
    from advisor.report.charts.blocks import grades as drawn

    counts = report.blocks.data["grades"]
    if set(counts) == {"measured"}:
        return drawn(frame, Markup("Every timing has enough blocks that nothing disturbed."))
    taken = report.blocks.figure("grades", "measured", "timings") if "measured" in counts else "None"
    whole = report.blocks.figure("timings")
    return drawn(frame, Markup("{} of {} timings have enough blocks that nothing disturbed.").format(taken, whole))


def _name(report: Report, each: Observation) -> str:
    parts = [report.stack(each.stack).plain]
    if each.setting:
        parts.append(words.SETTINGS.get(each.setting, words.line(each.setting)))
    if "precision" in each.parameters:
        parts.append(words.line(str(each.parameters["precision"])))
    return ", ".join(parts)


def _weakest(report: Report, told: Recommendation, needs: Sequence[NeedView]) -> Markup:
    """Say where the first stack is weakest."""
    first, source = (
        next((each for each in told.ranking if each.feasible), told.ranking[0]),
        report.sources[told.profile],
    )
    name = report.stack(first.stack).plain
    titles = {view.need.criterion: view.title for view in needs}
    scored = [
        (cell.score, place)
        for place, cell in enumerate(told.evidence)
        if cell.stack == first.stack and cell.score is not None and cell.criterion in titles
    ]
    if not scored:
        return Markup("Nobody measured {}.").format(name)
    _, place = min(scored)
    figure = source.figure("evidence", place, "score", show=numbers.score)
    return Markup("The weakest point of {} is {}, at {} of the way from floor to target.").format(
        name, titles[told.evidence[place].criterion], figure
    )
