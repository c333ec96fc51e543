"""What follows from a Run's own figures: throughput, the cost of compiling and when it pays, the share of the ceiling.

Nothing is measured here. Each derived observation carries the setting, the batch, the grade and the flags of the one
that it follows from, and the interval follows from its interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from advisor.keys import Stack
from advisor.measurement import comparison, definitions, grades, statistics
from advisor.measurement.definitions import BEST_KNOWN, OUT_OF_THE_BOX
from advisor.measurement.metrics import unit_of
from advisor.measurement.run import Observation, Run
from advisor.measurement.run_index import RunIndex, peak_of
from advisor.measurement.session.accumulator import SINGLE_VALUE
from advisor.measurement.timing import BOUNDED, MEASURED, Summary
from advisor.quantities import show

# the trial of the variants was disturbed by other work: another one might be the faster one.
CHOSEN_BUSY = "chosen-while-busy"


def derived(run: Run) -> tuple[Observation, ...]:
    """Return the observations that follow from those of `run`.

    ``throughput`` (1/s)
        Samples per call over seconds per call, where one call is a pass over several samples.
    ``tokens-per-second`` (1/s)
        One over the time of a token.
    ``compile-time`` (s)
        What the first call of the compiled variant took beyond its usual call, also where it was not taken.
    ``energy`` (J)
        What the whole processor took per call, where it tells: the energy of each block over its calls.
    ``over-backend`` (ratio)
        Of what lies on top of another framework, as Keras on PyTorch: its time over that of the other alone.
    ``break-even`` (calls)
        After how many calls compiling has paid for its first call. Refuted where the compiled setting is not faster.
    ``ceiling-share`` (ratio)
        Operations of the matrix products per second, over the most that any matrix product reached on this machine.
    """
    index, peak = RunIndex(run), peak_of(run)
    found = [each for latency in run.observations if latency.metric == "latency" for each in _of(latency, index, peak)]
    tokens = (_rate(each, 1, "tokens-per-second") for each in run.observations if each.metric == "token-latency")
    return (*found, *tokens)


def _of(latency: Observation, index: RunIndex, peak: float | None) -> Iterator[Observation]:
    proof = latency.proof or {}
    if "samples" in proof:
        yield _rate(latency, proof["samples"], "throughput")
    # Some compile out of the box, too: what that costs belongs to them, and there is nothing to pay it back against.
    compiled = _compiled(proof.get("tried") or [], latency.variant)
    if compiled is not None:
        yield _compile_time(latency, compiled, index)
        if latency.setting == BEST_KNOWN:
            yield _break_even(latency, compiled, index)
    yield from _over_backend(latency, index)
    counted = grades.counted(latency.rounds) if latency.rounds else []
    taken = [each.energy / each.calls for each in counted if each.energy is not None]
    if taken:
        yield _blank(latency, "energy", summary=statistics.sampled(taken), flags=latency.flags)
    if "operations" in proof and peak is not None:
        share = _rate(latency, proof["operations"] / peak, "ceiling-share")
        yield share.model_copy(update={"proof": {"operations": proof["operations"], "peak_flops": peak}})


def _blank(latency: Observation, metric: str, **fields: Any) -> Observation:
    """Return an observation of the same cell: what was measured of the latency itself is left behind."""
    left = {"parity": None, "proof": None, "rounds": (), "summary": None, "message": None, "where": None, "flags": ()}
    return latency.model_copy(update=left | {"metric": metric, "unit": unit_of(metric)} | fields)


def _rate(latency: Observation, amount: float, metric: str) -> Observation:
    """Return `amount` per second, where `amount` is what one call does."""
    if latency.summary is None:
        return _blank(latency, metric, outcome=latency.outcome, message=latency.message)
    found = latency.summary
    summary = Summary(
        median=amount / found.median, low=amount / found.high, high=amount / found.low, n=found.n
    )  # fmt: skip
    return _blank(latency, metric, summary=summary, flags=latency.flags)


def _over_backend(latency: Observation, index: RunIndex) -> Iterator[Observation]:
    """Yield what a layer costs on top of the framework that computes, on the same network in the same rounds."""
    known = definitions.everyone().get(latency.framework)
    if known is None or known.on_top_of is None or latency.summary is None:
        return
    other = index.find(latency.key, stack=Stack(framework=known.on_top_of))
    if other is None or other.observation.summary is None:
        return
    found = comparison.compare(latency, other.observation, zone=index.run.policy.indifference)
    # Two bounds and two bounds make no ratio that says anything.
    if found.ratio is None or found.low is None or found.high is None or found.grade == BOUNDED:
        return
    summary = Summary(median=found.ratio, low=found.low, high=found.high, n=max(1, found.pairs))
    yield _blank(latency, "over-backend", summary=summary, grade=found.grade, proof={"backend": known.on_top_of})


def _compiled(tried: list[dict[str, Any]], taken: str | None) -> dict[str, Any] | None:
    """Return the variant that compiles: the one that was taken, else the fastest one in the trial."""
    works = [each for each in tried if each.get("compiled")]
    return min(works, key=lambda each: (each["variant"] != taken, each.get("call", math.inf)), default=None)


def _compile_time(latency: Observation, compiled: dict[str, Any], index: RunIndex) -> Observation:
    # What has no variants was not called in a trial.
    usual = latency.summary.median if latency.summary is not None else 0.0
    seconds = compiled["first_call"] - compiled.get("call", usual)
    first = _sibling(latency, index, metric="first-call")
    return _blank(
        latency, "compile-time", outcome="measured", how=compiled["how"], variant=compiled["variant"],
        summary=statistics.sampled([max(0.0, seconds)]), flags=(SINGLE_VALUE,),
        grade=None if first is None else first.grade,
    )  # fmt: skip


def _break_even(latency: Observation, compiled: dict[str, Any], index: RunIndex) -> Observation:
    blank = _blank(latency, "break-even", how=compiled["how"], variant=compiled["variant"])
    if latency.variant != compiled["variant"]:
        if CHOSEN_BUSY in latency.flags:
            return _unknown(blank, "the machine was busy while the variants were tried")
        return _outrun(blank, latency, compiled)
    plain = _sibling(latency, index, setting=OUT_OF_THE_BOX)
    if plain is None or plain.summary is None or latency.summary is None:
        return _unknown(blank, "the two settings were not both measured")
    found = comparison.compare(latency, plain, zone=index.run.policy.indifference)
    if found.ratio is None or found.low is None or found.high is None or found.word == "unclear":
        return _unknown(blank, "whether the compiled setting is faster is unclear")
    if found.word != "faster":
        held = f"takes {found.ratio:.2f} times as long as the setting out of the box"
        return blank.model_copy(update={"outcome": "refuted", "message": f"compiling does not pay: a call {held}"})
    first, eager = _sibling(latency, index, metric="first-call"), plain.summary.median
    plain_first = _sibling(latency, index, metric="first-call", setting=OUT_OF_THE_BOX)
    if first is None or first.summary is None:
        return _unknown(blank, "the first call was not measured")
    before = plain_first.summary.median if plain_first is not None and plain_first.summary is not None else eager
    cost = max(0.0, first.summary.median - before)
    calls = [cost / (eager * (1 - ratio)) for ratio in (found.ratio, found.low, found.high)]
    if found.grade == BOUNDED:
        # Nothing ties the two: the most that a call can save, and the least.
        calls[2] = cost / (plain.summary.low * (1 - latency.summary.high / plain.summary.low))
        calls[0] = math.sqrt(calls[1] * calls[2])
    return blank.model_copy(
        update={
            "outcome": "measured",
            "summary": Summary(median=calls[0], low=calls[1], high=calls[2], n=max(1, found.pairs)),
            "proof": {"first_call_costs": cost, "saved_per_call": eager * (1 - found.ratio)},
            "flags": first.flags,
            "grade": found.grade if found.grade != MEASURED else first.grade,
        }
    )


def _outrun(blank: Observation, latency: Observation, compiled: dict[str, Any]) -> Observation:
    """Return the break-even where the trial took something else than what compiles."""
    taken = next(each for each in (latency.proof or {})["tried"] if each["variant"] == latency.variant)
    calls = {"compiled_call": compiled.get("call"), "taken_call": taken.get("call")}
    if None in calls.values():
        return _unknown(blank, "the compiled variant was not compared with the one that was taken")
    slow, fast = (show(calls[name], "s") for name in ("compiled_call", "taken_call"))
    message = f"compiling does not pay: {fast} a call with {taken['how']}, {slow} compiled (in a short trial)"
    return blank.model_copy(update={"outcome": "refuted", "message": message, "proof": calls})


def _unknown(blank: Observation, why: str) -> Observation:
    return blank.model_copy(update={"outcome": "not_run", "message": why})


def _sibling(latency: Observation, index: RunIndex, **other: str) -> Observation | None:
    """Return the observation whose key differs from that of `latency` in `other` only."""
    found = index.find(latency.key, **other)
    return found.observation if found else None
