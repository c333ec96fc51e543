"""All workloads on one page: what each computes, which stack took least time, and how undisturbed it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from advisor.keys import Stack
from advisor.measurement import definitions
from advisor.measurement.metrics import load_metrics
from advisor.report import numbers, words
from advisor.report.figures import Figure, Interval, Quote
from advisor.report.pages import drawings
from advisor.report.pages.context import ProbePage, Report, StackName

REST = "Other figures"


@dataclass(frozen=True)
class Group:
    """Metrics that are read together: a heading, its anchor, and the metrics by name and title."""

    title: str
    anchor: str
    metrics: tuple[tuple[str, str], ...]


def grouped(metrics: Iterable[str]) -> list[Group]:
    """Return `metrics` in the groups and the order of the registry, those that are in no group last."""
    there = dict.fromkeys(metrics)
    found: dict[str, list[str]] = {}
    for name, known in load_metrics().items():
        if known.group is not None and name in there:
            found.setdefault(known.group, []).append(name)
    rest = there.keys() - {name for names in found.values() for name in names}
    found[REST] = [name for name in there if name in rest]
    return [
        Group(title, words.slug(title), tuple((name, words.metric(name)) for name in names))
        for title, names in found.items()
        if names
    ]


def context(report: Report) -> dict[str, Any]:
    """Return what the template of the page needs."""
    rows = [_row(report, page) for page in [page for page in report.tried if page.group in ("workload", "probe")]]
    counts = report.blocks.data["all"]
    return {
        "rows": rows,
        "chart": drawings.speed(report),
        **_speeds(report),
        "grades_chart": drawings.grades(report),
        "grades": [
            (
                words.line(grade),
                report.blocks.figure("grades", grade, "timings"),
                report.blocks.figure("grades", grade, "blocks"),
                *(
                    report.blocks.figure("grades", grade, end, show=lambda value: f"{value:.2f}")
                    for end in ("low", "high")
                ),
            )
            for grade in report.blocks.data["grades"]
        ],
        "indifference": report.source.figure("policy", "indifference", show=numbers.percent),
        "timed": report.blocks.figure("all", "timed") if counts["timed"] else None,
        "disturbed": report.blocks.figure("all", "disturbed") if counts["disturbed"] else None,
    }


def _speeds(report: Report) -> dict[str, Any]:
    """Return the ratios of the chart of speeds as rows of a table with the stacks as columns, and their means."""
    source = report.speeds
    found = source.data["works"]
    columns = list(dict.fromkeys(_stack(each) for work in found for each in work["ratios"]))
    rows = []
    for number, work in enumerate(found):
        cells: dict[Stack, tuple[Figure, str | None]] = {}
        for place, each in enumerate(work["ratios"]):
            figure = source.figure("works", number, "ratios", place, "ratio", show=_two)
            cells[_stack(each)] = (figure, report.observation(each["observation"]))
        rows.append((report.probe_title(work["probe"]), [cells.get(column) for column in columns]))
    means = {
        _stack(each): source.figure("means", place, "mean", show=_two)
        for place, each in enumerate(source.data["means"])
    }
    return {
        "columns": [report.stack(column) for column in columns],
        "ratios": rows,
        "means": [means.get(column) for column in columns] if means else [],
        "common": source.figure("common"),
    }


def _two(value: float) -> str:
    return f"{value:.2f}"


def _stack(each: dict[str, Any]) -> Stack:
    return Stack(framework=each["framework"], route=each.get("route"))


def _row(report: Report, page: ProbePage) -> dict[str, Any]:
    counted = report.blocks.get("probes", page.probe)
    return {
        "anchor": page.name,
        "title": page.title,
        "href": report.href(page.name) if page in report.probes else None,
        "what": what(page.probe),
        "fastest": _fastest(report, page),
        "timed": report.blocks.figure("probes", page.probe, "timed") if counted else None,
        "disturbed": report.blocks.figure("probes", page.probe, "disturbed") if counted else None,
    }


def what(probe: str) -> Quote | None:
    """Return what a probe computes, in the words of its definition."""
    known = {each.probe: each.what for each in definitions.workloads()}
    known |= {each.probe: each.what for each in definitions.current().experiments}
    return Quote(words.line(known[probe]), f"definition:{probe}/what") if probe in known else None


def _fastest(report: Report, page: ProbePage) -> tuple[StackName, str, Interval, str | None] | None:
    """Return the variant that takes least a call: its stack, its setting, its time, and where that stands."""
    timed = [
        (each.summary.median, index, each)
        for index, each in report.observed(page.indices)
        if each.metric == "latency" and each.summary
    ]
    # Batches of different sizes are different work: the smallest is what every workload has.
    sizes = {each.parameters.get("batch") for _, _, each in timed}
    least = min((size for size in sizes if isinstance(size, int)), default=None)
    timed = [found for found in timed if found[2].parameters.get("batch") == least] or timed
    if not timed:
        return None
    _, index, each = min(timed, key=lambda found: found[:2])
    time = report.source.interval(
        "observations", index, "summary", unit=each.unit or "", keys=("median", "low", "high")
    )
    setting = words.SETTINGS.get(each.setting, words.line(each.setting)) if each.setting else ""
    return report.stack(each.stack), setting, time, report.observation(index)
