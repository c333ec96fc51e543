"""The page of one probe: what is asked, what came out, the figures, and every sample behind them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from advisor.measurement import definitions
from advisor.measurement.definitions import WorkloadDefinition
from advisor.measurement.run import Observation
from advisor.report import numbers, words
from advisor.report.figures import Figure, Interval, Quote, Source
from advisor.report.pages.context import ProbePage, Report, StackName
from advisor.report.pages.recipes import Recipe, network, recipes
from advisor.report.pages.workloads import grouped, what

_TIMED = ("median", "low", "high")
_SHORT = 200


@dataclass(frozen=True)
class Variant:
    """One way in which a probe was run: a stack, its setting and the parameters that tell it apart."""

    stack: StackName
    setting: str
    how: Quote | None
    slower: tuple[Quote, ...]
    failed: tuple[Quote, ...]
    parameters: tuple[tuple[str, Figure | Quote], ...]

    @property
    def plain(self) -> str:
        """Return the variant as text, for the label of a cell on a narrow screen."""
        return ", ".join([self.stack.plain, *self.details])

    @property
    def details(self) -> list[str]:
        """Return what follows the stack's name."""
        setting = [self.setting] if self.setting else []
        return setting + [f"{value}" if name == "precision" else f"{name} {value}" for name, value in self.parameters]


@dataclass(frozen=True)
class Reading:
    """One observation with a metric, ready to show; ``about``: it was not measured on a quiet machine."""

    index: int
    outcome: str
    value: Interval | None
    p95: Figure | None
    p99: Figure | None
    blocks: tuple[Figure, Figure | None] | None
    about: bool
    flags: tuple[Quote, ...]
    message: Quote | None
    samples: bool


@dataclass(frozen=True)
class Row:
    """One variant with its readings by metric, and its parity."""

    variant: Variant
    readings: dict[str, Reading]
    parity: dict[str, Figure | Quote | None]


def context(report: Report, page: ProbePage) -> dict[str, Any]:
    """Return what the template of a probe's page needs."""
    observed = report.observed(page.indices)
    measured = [(index, each) for index, each in observed if each.metric]
    common = _common([each for _, each in measured])
    rows = _rows(report, measured, common)
    workload = next((each for each in definitions.workloads() if each.probe == page.probe), None)
    return {
        "page": page,
        "about": _about(page),
        "proofs": [_proof(report, index, each) for index, each in observed if not each.metric],
        "parity": [row for row in rows if row.parity],
        "groups": [
            (group, [row for row in rows if any(name in row.readings for name, _ in group.metrics)])
            for group in grouped(each.metric for _, each in measured if each.metric)
        ],
        "flags": _flags(each for _, each in measured),
        "messages": [_message(report, index, each) for index, each in observed if each.message],
        # Every framework's interpreter builds the network from one definition.
        "network": network(workload.workload) if workload else None,
        "recipes": _recipes(report, page, workload),
        "samples_page": samples_page(report, page),
    }


def samples_page(report: Report, page: ProbePage) -> str | None:
    """Return the name of the page with every block that was timed, where there is any: they would outweigh all else."""
    timed = any(each.rounds for _, each in report.observed(page.indices))
    return f"samples-{page.name}" if timed else None


def samples(report: Report, page: ProbePage) -> dict[str, Any]:
    """Return what the template of the page of its samples needs."""
    observed = report.observed(page.indices)
    common = _common([each for _, each in observed if each.metric])
    return {
        "page": page,
        "samples": [_samples(report, index, each, common) for index, each in observed if each.rounds],
    }


def reading(report: Report, index: int, each: Observation) -> Reading:
    """Return an observation with a metric, ready to show."""
    source, path = report.source, ("observations", index)
    summary, unit = each.summary, each.unit or ""
    value = p95 = p99 = None
    if summary is not None:
        share = numbers.is_share(each.metric or "")
        value = source.interval(*path, "summary", unit=unit, share=share, keys=_TIMED)
        if summary.p95 is not None:
            p95 = source.figure(*path, "summary", "p95", show=lambda value: numbers.rough(value, unit))
        if summary.p99 is not None:
            low, high = summary.p99_low, summary.p99_high
            p99 = source.figure(*path, "summary", "p99", show=lambda value: numbers.show(value, unit, low, high).text)
    return Reading(
        index=index,
        outcome=each.outcome,
        value=value,
        p95=p95,
        p99=p99,
        blocks=_blocks(report, index) if each.rounds else None,
        about=bool(summary) and each.grade in words.GRADES,
        flags=(*_graded(report, index, each), *_flagged(report, index, each)),
        message=source.quote(*path, "message") if each.message else None,
        samples=bool(each.rounds),
    )


def _graded(report: Report, index: int, each: Observation) -> tuple[Quote, ...]:
    """Return the grade of a timing as a mark, where it is another one than measured."""
    return (report.source.quote("observations", index, "grade"),) if each.grade in words.GRADES else ()


def _flagged(report: Report, index: int, each: Observation) -> tuple[Quote, ...]:
    source, path = report.source, ("observations", index)
    return tuple(
        Quote(flag.replace("-", " "), source.reference(*path, "flags", number))
        if flag in words.FLAGS
        else source.quote(*path, "flags", number)
        for number, flag in enumerate(each.flags)
    )


def _blocks(report: Report, index: int) -> tuple[Figure, Figure | None]:
    """Return how many blocks were timed, and how many of them were disturbed, when any."""
    disturbed = report.blocks.figure("observations", str(index), "disturbed")
    return report.blocks.figure("observations", str(index), "timed"), disturbed if disturbed.value else None


def _recipes(report: Report, page: ProbePage, workload: WorkloadDefinition | None) -> list[Recipe]:
    """Return the code that was timed, framework beside framework: what is done with the network, or what is proved."""
    name = workload.task if workload else page.probe.replace("route:", "route_").replace("-", "_")
    return recipes(report, f"{name}.py")


def _flags(observed: Iterable[Observation]) -> list[tuple[str, str]]:
    """Return the marks that stand at figures of this page, each with what it means; unknown ones say nothing more."""
    there = {flag for each in observed if each.summary for flag in (each.grade, *each.flags)}
    return [(flag, meaning) for flag, meaning in (words.GRADES | words.FLAGS).items() if flag in there]


def _common(observed: Sequence[Observation]) -> tuple[str, ...]:
    """Return the parameters that every observation has: they tell the variants apart."""
    names = list(dict.fromkeys(name for each in observed for name in each.parameters))
    return tuple(name for name in names if all(name in each.parameters for each in observed))


def _variant(report: Report, index: int, each: Observation, names: Sequence[str]) -> Variant:
    path = ("observations", index)
    stack = report.stack(each.stack)
    if library := each.parameters.get("library"):
        # Such as NumPy, measured in a framework's process: not the framework's own figure, so not in its color.
        stack = StackName(words.slug(str(library)), words.line(str(library)), None)
    return Variant(
        stack=stack,
        setting=words.SETTINGS.get(each.setting, words.line(each.setting)) if each.setting else "",
        how=report.source.quote(*path, "how") if each.how else None,
        slower=tuple(_slower(report.source, index, each)),
        failed=tuple(_failed(report.source, index, each)),
        parameters=tuple((words.line(name), _parameter(report.source, index, name)) for name in names),
    )


def _slower(source: Source, index: int, each: Observation) -> Iterator[Quote]:
    """Yield in words the variants of the setting that a short trial found slower than the one that was taken."""
    for place, way in enumerate((each.proof or {}).get("tried", ())):
        if isinstance(way, dict) and "call" in way and "how" in way and way.get("variant") != each.variant:
            yield source.quote("observations", index, "proof", "tried", place, "how")


def _failed(source: Source, index: int, each: Observation) -> Iterator[Quote]:
    """Yield why variants of the setting did not work, so that another one had to be taken."""
    for place, way in enumerate((each.proof or {}).get("tried", ())):
        if isinstance(way, dict) and way.get("message"):
            yield source.quote("observations", index, "proof", "tried", place, "message")


def _parameter(source: Source, index: int, name: str) -> Figure | Quote:
    value = source.get("observations", index, "parameters", name)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return source.figure("observations", index, "parameters", name, show=lambda number: f"{number:g}")
    return source.quote("observations", index, "parameters", name)


def _rows(report: Report, measured: Sequence[tuple[int, Observation]], common: Sequence[str]) -> list[Row]:
    found: dict[Any, Row] = {}
    told_apart = _telling([each for _, each in measured], common)
    for index, each in measured:
        names = (*common, *told_apart[each.metric or ""])
        key: tuple[Any, ...] = _key(each, names)
        while key in found and each.metric in found[key].readings:
            key = (*key, index)
        row = found.setdefault(key, Row(_variant(report, index, each, names), {}, {}))
        row.readings[each.metric or ""] = reading(report, index, each)
        if each.parity and not row.parity:
            row.parity.update(_parity(report.source, index, each))
    return list(found.values())


def _key(each: Observation, names: Sequence[str]) -> tuple[Any, ...]:
    return (each.framework, each.route, each.setting, *((name, str(each.parameters[name])) for name in names))


def _telling(observed: Sequence[Observation], common: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return by metric the further parameters that tell apart what is otherwise measured twice, such as two builds."""
    found: dict[str, tuple[str, ...]] = {}
    for metric in {each.metric or "" for each in observed}:
        those = [each for each in observed if (each.metric or "") == metric]
        twice = len({_key(each, common) for each in those}) < len(those)
        found[metric] = tuple(name for name in _common(those) if name not in common) if twice else ()
    return found


def _parity(source: Source, index: int, each: Observation) -> dict[str, Figure | Quote | None]:
    path = ("observations", index, "parity")
    figures: dict[str, Figure | Quote | None] = {
        "weights": None,
        "error": source.figure(*path, "max_relative_error", show=numbers.error),
        "limit": source.figure(*path, "limit", show=numbers.error),
        "referee": source.quote(*path, "referee"),
    }
    if each.parity and each.parity.weights_max_relative_error is not None:
        figures["weights"] = source.figure(*path, "weights_max_relative_error", show=numbers.error)
    return figures


def _proof(report: Report, index: int, each: Observation) -> dict[str, Any]:
    source, path = report.source, ("observations", index)
    proof: dict[str, Any] = source.get(*path, "proof") or {}

    def figure(name: str, show: Any) -> Figure | None:
        return source.figure(*path, "proof", name, show=show) if isinstance(proof.get(name), (int, float)) else None

    return {
        "index": index,
        "variant": _variant(report, index, each, list(each.parameters)),
        "outcome": each.outcome,
        "error": figure("max_relative_error", numbers.error),
        "bytes": figure("artifact_bytes", lambda value: numbers.show(value, "B")),
        "seconds": source.figure(*path, "seconds", show=lambda value: numbers.rough(value, "s"))
        if each.seconds
        else None,
        "message": bool(each.message),
    }


def _message(report: Report, index: int, each: Observation) -> dict[str, Any]:
    source, path = report.source, ("observations", index)
    return {
        "index": index,
        "variant": _variant(report, index, each, list(each.parameters)),
        "metric": words.metric(each.metric) if each.metric else None,
        "outcome": each.outcome,
        "where": source.quote(*path, "where") if each.where else None,
        "text": source.quote(*path, "message", lines=True),
        "short": not each.where and "\n" not in (each.message or "") and len(each.message or "") <= _SHORT,
    }


def _samples(report: Report, index: int, each: Observation, common: Sequence[str]) -> dict[str, Any]:
    """Return the blocks of one observation as plain rows: a page can hold a thousand of them.

    The table cites the list of rounds once, and every column the key that it shows; ``threads`` is ``cpu / wall``.
    """
    typical = each.summary.median if each.summary else each.rounds[0].median
    factor, unit = numbers.scale(typical, each.unit or "")
    places = max(0, 2 - math.floor(math.log10(typical / factor))) if typical > 0 else 0
    return {
        "index": index,
        "variant": _variant(report, index, each, common),
        "reference": report.source.reference("observations", index, "rounds"),
        "unit": unit,
        "factor": repr(factor),
        "disturbed": not all(block.accepted for block in each.rounds),
        "rows": [
            {
                "round": f"{block.round}",
                "process": f"{block.process}",
                "median": f"{block.median / factor:.{places}f}",
                "calls": f"{block.calls}",
                "threads": f"{block.cpu / block.wall:.2f}" if block.wall > 0 else "–",
                "accepted": block.accepted,
            }
            for block in each.rounds
        ],
    }


def _about(page: ProbePage) -> dict[str, Quote | None]:
    """Return the definition of a shipped probe in its own words, each citing ``definition:<probe>``."""
    about: dict[str, Quote | None] = dict.fromkeys(("what", "question", "why", "proof"))
    for route in definitions.routes().values():
        if route.id == page.probe:
            texts = {"question": route.question, "why": route.why, "proof": route.proof}
            about |= {key: Quote(words.line(text), f"definition:{route.id}/{key}") for key, text in texts.items()}
    about["what"] = what(page.probe)
    return about
