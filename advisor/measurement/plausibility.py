"""What a Run says that cannot be, contradicts itself, or is odd.

What cannot be, and what contradicts itself, is refused: nobody decides on it. What is only odd is told. Nothing here
looks at where a Run comes from, so our own are held to it, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from advisor.errors import Problem
from advisor.measurement.metrics import load_metrics
from advisor.measurement.timing import GRADING, MEASURED, UNDER_LOAD
from advisor.quantities import show

if TYPE_CHECKING:
    from advisor.measurement.run import Observation, Run
    from advisor.measurement.timing import Round, Summary

OWN_ROUNDS = 0.01
"""How far a median may be from what its own rounds give, as a share of it."""

# Single calls, of which a Run keeps only what was summarised, scatter more than blocks.
_OWN_CALLS = 0.25
# How far a figure may be beyond what can be, for the rounding of its sums.
_ROUNDED = 1e-9
_MADE = ("measured", "proved")


def impossible(observation: Observation) -> Problem | None:
    """Return what of one observation cannot be, or None."""
    summary = observation.summary
    if summary is None:
        return None
    metric = observation.metric or "figure"
    least, most = _bounds(observation)
    for name in ("low", "median", "p50", "p95", "p99"):
        value = getattr(summary, name)
        if value is None:
            continue
        if value < least or (value == 0 and metric == "latency"):
            return Problem(("summary", name), f"{_article(metric)} of {_told(value, observation.unit)} cannot be")
        # Intervals of shares may reach a little beyond what can be.
        if value > most and name != "low":
            return Problem(("summary", name), f"{_article(metric)} of {100 * value:g} % cannot be")
    return None


def flaws(each: Observation) -> Iterator[Problem]:
    """Yield what of one observation cannot be, and where what was measured contradicts itself.

    A session holds the answers of its workers to it. That a summary is what its rounds give is our own arithmetic, and
    asked of documents only.
    """
    found = impossible(each)
    if found is not None:
        yield found
    yield from _within(each)


def contradictions(run: Run) -> Iterator[Problem]:
    """Yield where a Run contradicts itself."""
    if run.finished < run.started:
        yield Problem(("finished",), f"{run.finished:%Y-%m-%d %H:%M:%S} is before the start of the session")
    if any(each.outcome in _MADE for each in run.observations):
        for loc, number in ((("host", "cores"), run.host.cores), (("policy", "threads"), run.policy.threads)):
            if number == 0:
                yield Problem(loc, "0, but something was measured")
    seen: dict[object, int] = {}
    for index, each in enumerate(run.observations):
        first = seen.setdefault(each.key, index)
        place = ("observations", index)
        if first != index:
            yield Problem(place, f"says again what observations[{first}] says: {_named(each)}")
        for problem in (*flaws(each), *_summarised(each, run.policy.grading)):
            yield Problem((*place, *problem.loc), problem.message)
        framework = run.frameworks.get(each.framework)
        if framework is not None and framework.outcome == "not_installed" and each.outcome in _MADE:
            message = f"'{each.outcome}', but frameworks.{each.framework} is 'not_installed'"
            yield Problem((*place, "outcome"), message)


def oddities(run: Run) -> Iterator[str]:
    """Yield what in a Run is hard to believe, in sentences for a reader."""
    lasted = (run.finished - run.started).total_seconds()
    long, large = set(), set()
    for each in run.observations:
        if each.summary is None or each.outcome != "measured":
            continue
        if each.unit == "s" and each.summary.median > max(lasted, 1.0):
            long.add(_named(each))
        if each.metric == "peak-memory" and each.summary.median > run.host.memory_bytes:
            large.add(_named(each))
    if long:
        yield f"The Run has times that are longer than its session lasted ({show(lasted, 's')}): {_some(long)}"
    if large:
        yield f"The Run has more memory in use than its machine has: {_some(large)}"


def _within(each: Observation) -> Iterator[Problem]:
    """Yield where one observation contradicts itself."""
    if each.outcome == "measured" and each.metric is not None and each.summary is None:
        yield Problem(("summary",), f"is missing: {_article(each.metric)} that was measured has one")
    parity = each.parity
    if parity is not None and each.outcome in _MADE:
        for name in ("max_relative_error", "weights_max_relative_error"):
            error = getattr(parity, name)
            if error is not None and error > parity.limit:
                message = f"{error:g} is above the limit of {parity.limit:g}, but the outcome is '{each.outcome}'"
                yield Problem(("parity", name), message)
    if each.outcome == "proved" and each.proof is not None:
        error, limit = _number(each.proof.get("max_relative_error")), _number(each.proof.get("limit"))
        if error is not None and limit is not None and error > limit:
            message = f"{error:g} is above the limit of {limit:g}, but the outcome is 'proved'"
            yield Problem(("proof", "max_relative_error"), message)
    yield from _rounds(each)


def _summarised(each: Observation, grading: int) -> Iterator[Problem]:
    """Yield where a summary contradicts itself, or the rounds that it is of.

    Which blocks count under load was another question by other rules (`grading`): such a figure lies among the blocks.
    """
    if each.summary is None:
        return
    yield from _ordered(each.summary)
    if not each.rounds or each.outcome != "measured" or each.unit != "s":
        return
    from advisor.measurement import grades

    found = each.grade or MEASURED
    counted = [one for one in each.rounds if one.accepted] if found == MEASURED else list(each.rounds)
    if found == UNDER_LOAD:
        if grading != GRADING:
            yield from _among_rounds(each.summary, counted)
            return
        counted = grades.free(each.rounds)
    if counted:
        yield from _against_rounds(each.summary, counted, found)
    else:
        yield Problem(("rounds",), "all of them were disturbed, but they are counted")


def _ordered(summary: Summary) -> Iterator[Problem]:
    """Yield where the quantiles of a summary are not in their order."""
    for names in (("p50", "p95", "p99"), ("p99_low", "p99", "p99_high")):
        known = [(name, value) for name in names if (value := getattr(summary, name)) is not None]
        for (less, low), (more, high) in pairwise(known):
            if low > high:
                yield Problem(("summary", more), f"{high:g} is below {less}, which is {low:g}")


def _rounds(each: Observation) -> Iterator[Problem]:
    """Yield where the rounds of an observation contradict themselves."""
    taken: set[int] = set()
    for index, one in enumerate(each.rounds):
        place = ("rounds", index)
        if one.accepted and one.disturbances:
            yield Problem((*place, "accepted"), "accepted, and what disturbed it stands beside it")
        if one.accepted and one.round in taken:
            yield Problem((*place, "round"), f"round {one.round} was accepted twice")
        # At least half of the calls take as long as their median.
        if one.wall < 0.9 * one.median * one.calls / 2:
            message = f"{one.wall:g} s are too few for {one.calls:,} calls with a median of {one.median:g} s"
            yield Problem((*place, "wall"), message)
        if one.mean is not None and abs(one.mean * one.calls - one.wall) > 0.1 * one.wall:
            message = f"{one.mean:g} s a call, but {one.calls:,} calls took {one.wall:g} s"
            yield Problem((*place, "mean"), message)
        if one.accepted:
            taken.add(one.round)


def _against_rounds(summary: Summary, counted: list[Round], grade: str) -> Iterator[Problem]:
    """Yield where a summary is not what its own rounds give (see `advisor.measurement.grades.summary`)."""
    processes: dict[int, list[float]] = {}
    for one in counted:
        processes.setdefault(one.process, []).append(one.median)
    given = sum(_median(one) if grade == "measured" else min(one) for one in processes.values()) / len(processes)
    if grade == "bounded":
        fastest = min(one.median for one in counted)
        if summary.high > (1 + OWN_ROUNDS) * fastest:
            message = f"{show(summary.high, 's')}, but its fastest round took {show(fastest, 's')}"
            yield Problem(("summary", "high"), message)
    elif abs(summary.median - given) > OWN_ROUNDS * given:
        message = f"{show(summary.median, 's')}, but its own rounds give {show(given, 's')}"
        yield Problem(("summary", "median"), message)
    low, high = min(one.median for one in counted), max(one.median for one in counted)
    usual = None if grade == "bounded" else summary.p50
    if usual is not None and not (1 - _OWN_CALLS) * low <= usual <= (1 + _OWN_CALLS) * high:
        message = f"{show(usual, 's')}, but its own rounds lie from {show(low, 's')} to {show(high, 's')}"
        yield Problem(("summary", "p50"), message)
    calls = sum(one.calls for one in counted)
    if summary.n > calls:
        yield Problem(("summary", "n"), f"{summary.n:,} values of {calls:,} calls")


def _among_rounds(summary: Summary, made: list[Round]) -> Iterator[Problem]:
    low, high = min(one.median for one in made), max(one.median for one in made)
    if not (1 - OWN_ROUNDS) * low <= summary.median <= (1 + OWN_ROUNDS) * high:
        message = f"{show(summary.median, 's')}, but its own rounds lie from {show(low, 's')} to {show(high, 's')}"
        yield Problem(("summary", "median"), message)


def _bounds(observation: Observation) -> tuple[float, float]:
    """Return the least and the most that the figure of an observation can be."""
    known = load_metrics().get(observation.metric or "")
    if known is None:
        return (0.0 if observation.unit in ("s", "B", "1/s", "J") else -math.inf), math.inf
    least = -math.inf if known.least is None else known.least
    return least - _ROUNDED * abs(least) if known.least else least, math.inf if known.most is None else known.most


def _named(each: Observation) -> str:
    named = [each.probe, each.framework, each.route, each.setting, *map(str, each.parameters.values()), each.metric]
    return " ".join(_short(part) for part in named if part)


def _some(names: set[str]) -> str:
    ordered = sorted(names)
    return ordered[0] + (f" and {len(ordered) - 1:,} more" if len(ordered) > 1 else "")


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _article(metric: str) -> str:
    return f"{'an' if metric[:1] in 'aeiou' else 'a'} {_short(metric)}"


def _told(value: float, unit: str | None) -> str:
    return f"{value:g} {unit}" if unit else f"{value:g}"


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _median(values: list[float]) -> float:
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
