"""Stacks and routes on one page: what each way out of a framework weighs, how soon it starts, how fast it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from advisor.keys import Stack
from advisor.measurement.run import Observation
from advisor.report import numbers, words
from advisor.report.charts.picture import Picture
from advisor.report.figures import Interval, Quote
from advisor.report.pages.context import Report, StackName

COLUMNS = ("artifact-size", "latency", "cold-start", "peak-memory", "runtime-size", "accuracy-loss")
_TIMED = ("median", "low", "high")


@dataclass
class Way:
    """A stack at one precision: how its proof came out, and its readings by metric, each with where it stands."""

    stack: StackName
    href: str
    precision: Quote | None
    outcome: str | None = None
    proof: str | None = None
    readings: dict[str, tuple[Interval, str | None]] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)


def context(report: Report) -> dict[str, Any]:
    """Return what the template of the page needs."""
    ways = [way for way in _ways(report).values() if way.outcome or way.readings]
    return {
        "ways": ways,
        "columns": [(key, words.metric(key)) for key in COLUMNS if any(key in way.readings for way in ways)],
        "routes": [(page.title, report.href(page.name)) for page in report.probes_of("route")],
        "chart": _chart(ways),
    }


def _ways(report: Report) -> Mapping[tuple[Stack, str], Way]:
    found: dict[tuple[Stack, str], Way] = {}
    for page in report.probes_of("route"):
        for index, each in report.observed(page.indices):
            key = (each.stack, str(each.parameters.get("precision", "")))
            if key not in found:
                precision = report.source.quote("observations", index, "parameters", "precision") if key[1] else None
                found[key] = Way(report.stack(each.stack), report.href(page.name), precision)
            way = found[key]
            _note(report, way, index, each)
    return found


def _note(report: Report, way: Way, index: int, each: Observation) -> None:
    if each.metric is None:
        way.outcome, way.proof = each.outcome, report.observation(index)
        return
    if each.metric not in COLUMNS or each.summary is None or each.metric in way.readings:
        return
    if each.parameters.get("build") == "selective":
        return  # beside full libraries it would look small
    share = numbers.is_share(each.metric)
    shown = report.source.interval("observations", index, "summary", unit=each.unit or "", share=share, keys=_TIMED)
    way.readings[each.metric] = (shown, report.observation(index))
    way.values[each.metric] = each.summary.median


def _chart(ways: list[Way]) -> Picture | None:
    """Draw time per call against the size of the file; with fewer than two ways there is nothing to compare."""
    there = [way for way in ways if all(way.values.get(key, 0) > 0 for key in ("artifact-size", "latency"))]
    if len(there) < 2:
        return None
    fastest = min(there, key=lambda way: way.values["latency"])
    smallest = min(there, key=lambda way: way.values["artifact-size"])
    time, size = fastest.readings["latency"][0].value, smallest.readings["artifact-size"][0].value
    if fastest is smallest:
        finding = Markup("{} answers soonest, {} a call, and has the smallest file, {}.").format(
            _name(fastest), time, size
        )
    else:
        finding = Markup("{} answers soonest, {} a call; {} has the smallest file, {}.").format(
            _name(fastest), time, _name(smallest), size
        )
    import pandas as pd

    from advisor.report.charts.routes import routes

    rows = [
        (way.stack.plain, way.stack.first, way.stack.style, way.stack.via or "", str(way.precision or ""),
         way.values["artifact-size"], way.values["latency"])
        for way in there
    ]  # fmt: skip
    return routes(
        pd.DataFrame(rows, columns=["name", "owner", "framework", "runtime", "precision", "size", "seconds"]), finding
    )


def _name(way: Way) -> Markup:
    end = Markup(" in {}").format(way.precision) if way.precision else ""
    return Markup("{}{}").format(way.stack.plain, end)
