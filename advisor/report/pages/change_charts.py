"""The charts of several Runs: the same order on every machine, and what moved between two Runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup

from advisor.keys import Stack
from advisor.report import words
from advisor.report.charts.picture import Picture
from advisor.report.figures import Source
from advisor.report.pages.context import Report
from advisor.report.run_comparison import Group, time_ratios

_CHARTS, _MOST = 3, 24


@dataclass(frozen=True)
class Ratio:
    """One ratio with its bounds: what it is of, and the framework in whose color it stands; ink when none is meant."""

    name: str
    framework: str | None
    value: float
    low: float
    high: float


def _drawn(points: Sequence[Ratio], finding: Markup, axis: str) -> Picture:
    from advisor.report.charts.ratios import ratios

    return ratios(map(asdict, points), finding, axis)


def on_every_machine(
    report: Report, source: Source, groups: Sequence[Group], rows: Sequence[Mapping[str, Any]]
) -> list[Picture]:
    """Return a chart for each of the works whose order says most: one row per machine, with the interval of its ratio.

    Parameters
    ----------
    source : Source
        The machines, `advisor.report.run_comparison.Machines`.
    groups : sequence of Group
        The same machines.
    rows : sequence
        What the page says of each agreement, in the order of the document.
    """
    order = sorted(range(len(rows)), key=lambda place: (not rows[place]["against"], not rows[place]["everywhere"]))
    found = []
    for place in order:
        agreement = source.get("agreement", place)
        points = sorted(_machines(source, groups, agreement), key=lambda point: (point.value, point.name))
        if len(points) > 1:
            found.append(_drawn(_even(points), _ordered(rows[place], len(points)), _axis(report, agreement)))
        if len(found) == _CHARTS:
            break
    return found


def changed(report: Report, source: Source, places: Sequence[int], counts: Mapping[str, Any]) -> Picture | None:
    """Return the chart of the times that moved, those that moved most first; None where fewer than two did.

    `source` holds `advisor.report.run_comparison.Changes`, `places` are of the rows that moved.
    """
    shown = [
        (row, row["ratio"], row["low"], row["high"])
        for row in (source.get("rows", place) for place in places)
        if None not in (row.get("ratio"), row.get("low"), row.get("high"))
    ][:_MOST]
    if len(shown) < 2:
        return None
    points = [
        Ratio(_named(report, row), row["framework"], ratio, low, high)
        for row, ratio, low, high in shown
    ]  # fmt: skip
    finding = Markup("Beyond noise, {} times are shorter and {} longer in the second Run.")
    return _drawn(points, finding.format(counts["faster"], counts["slower"]), "second Run over first (logarithmic)")


def trend(report: Report, source: Source, place: int, group: Group) -> Picture | None:
    """Return the chart of what became of the times of each stack over the Runs of a machine; None with fewer than two.

    `source` holds `advisor.report.run_comparison.Machines`, `place` is that of the machine.
    """
    found = source.get("machines", place, "trends")
    runs = {kept.name: kept.run for kept in group.runs}
    rows = []
    for each in found:
        stack = report.stack(Stack(framework=each["framework"], route=each.get("route")))
        run = runs[each["run"]]
        rows.append((run.started.isoformat(), stack.plain, stack.style, each["ratio"], each["works"], run.id))
    if len({each["run"] for each in found}) < 2:
        return None
    import pandas as pd

    from advisor.report.charts.history import trend as drawn

    frame = pd.DataFrame(rows, columns=["day", "name", "framework", "ratio", "works", "run"])
    newest = [(name, ratio) for _, name, _, ratio, _, run in rows if run == rows[-1][5]]
    name, ratio = max(newest, key=lambda item: abs(math.log(item[1])))
    if abs(math.log(ratio)) < math.log1p(report.run.policy.indifference):
        return drawn(frame, Markup("No stack has become faster or slower by more than what matters."))
    word = "faster" if ratio < 1 else "slower"
    return drawn(frame, Markup("{} has become {} since the oldest Run.").format(name, word))


def fleet(source: Source, groups: Sequence[Group]) -> Picture | None:
    """Return the chart of how long each machine takes over the machine of the answers; None for one machine."""
    first = groups[0].shown.run
    points = []
    for place, group in enumerate(groups[1:], 1):
        mean = source.get("machines", place, "times")
        if mean is not None:
            each = sorted(time_ratios(group.shown.run, first))
            host = group.shown.run.host
            points.append(Ratio(f"{words.line(host.cpu)}, {host.cores} cores", None, mean, each[0], each[-1]))
    if not points:
        return None
    sooner = sum(point.value < 1 for point in points)
    finding = Markup("{} of the other machines are sooner done than the machine of the answers.").format(
        source.figure("sooner") if sooner else "None"
    )
    return _drawn(_even(sorted(points, key=lambda point: point.value)), finding, "time over the machine of the answers")


def _machines(source: Source, groups: Sequence[Group], agreement: Mapping[str, Any]) -> Iterator[Ratio]:
    for number, group in enumerate(groups):
        for order in source.get("machines", number, "orders") or ():
            same = all(order.get(key) == agreement.get(key) for key in ("probe", "setting", "parameters", "frameworks"))
            if same and None not in (order.get("ratio"), order.get("low"), order.get("high")):
                first, second = order["frameworks"]
                least = {"faster": first, "slower": second}.get(order["word"])
                host = group.shown.run.host
                name = f"{words.line(host.cpu)}, {host.cores} core{'s' if host.cores != 1 else ''}"
                yield Ratio(name, least, order["ratio"], order["low"], order["high"])


def _even(points: Sequence[Ratio]) -> Sequence[Ratio]:
    """Return an even selection of at most so many, with both ends."""
    if len(points) <= _MOST:
        return points
    step = (len(points) - 1) / (_MOST - 1)
    return [points[math.floor(number * step + 0.5)] for number in range(_MOST)]


def _ordered(row: Mapping[str, Any], machines: int) -> Markup:
    work, (first, second) = row["work"], (stack.plain for stack in row["stacks"])
    named = [work["setting"]] if work["setting"] else []
    named += [Markup("{} {}").format(name, value) if name else value for name, value in work["parameters"]]
    inner = Markup(" ({})").format(Markup(", ").join(named)) if named else Markup()
    finding = Markup("{}{}: least time with {} on {}, with {} on {} of the machines.").format(
        work["title"], inner, first, row["counts"]["faster"], second, row["counts"]["slower"]
    )
    return finding + (Markup(" An even selection of them is drawn.") if machines > _MOST else Markup())


def _axis(report: Report, agreement: Mapping[str, Any]) -> str:
    first, second = (report.stack(each).plain for each in agreement["frameworks"])
    return f"time of {first} over {second} (logarithmic)"


def _named(report: Report, row: Mapping[str, Any]) -> str:
    """Return what a time is of, without what goes without saying: a time is one per call if nothing else is said."""
    title, stack = (
        report.probe_title(row["probe"]),
        report.stack(Stack(framework=row["framework"], route=row.get("route"))),
    )
    metric = words.metric(row.get("metric") or "")
    parts = [
        stack.plain,
        title if title != stack.via and row["probe"] != "environment" else "",
        metric[:1].lower() + metric[1:] if row.get("metric") != "latency" else "",
    ]
    if row.get("setting"):
        parts.append(words.SETTINGS.get(row["setting"], words.line(row["setting"])))
    parts += [f"{words.line(name)} {words.line(str(value))}" for name, value in row["parameters"].items()]
    return ", ".join(part for part in parts if part)
