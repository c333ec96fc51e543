"""A Run as tables: one row for each observation, and one for each timed block behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

from advisor.frames import Column, frame
from advisor.keys import Stack
from advisor.measurement.timing import Grade

if TYPE_CHECKING:
    import pandas as pd

    from advisor.measurement.run import Observation, Run

_KEY = {
    "run": Column("category", "the Run's id"),
    "machine": Column("category", "the processor of the machine"),
    "probe": Column("category", "the probe's id"),
    "stack": Column("category", "the stack's id: a framework, and where something is shipped the route after an arrow"),
    "framework": Column("category", "the framework's id"),
    "route": Column("category", "the route's id; missing for a framework alone"),
    "network": Column("category", "the network that was computed"),
    "setting": Column("category", "out-of-the-box or best-known; missing where there is no such choice"),
    "device": Column("category", "where it computed, if not where the policy of the Run says"),
    "batch": Column("count", "inputs per call", unit=""),
    "precision": Column("category", "float32, int8 and their like"),
    "parameters": Column("text", "every parameter, as name=value"),
    "metric": Column("category", "what was measured; missing for a proof"),
}
_GRADES = get_args(Grade)[::-1]

OBSERVATIONS = _KEY | {
    "unit": Column("category", "the unit of value, low, high and the quantiles"),
    "outcome": Column("category", "what became of the trial"),
    "grade": Column("category", "how good a timing is", order=_GRADES),
    "value": Column("number", "the point estimate, in the row's unit"),
    "low": Column("number", "lower end of the 95 % interval, in the row's unit"),
    "high": Column("number", "upper end of the 95 % interval, in the row's unit"),
    "p50": Column("number", "median of single calls, in the row's unit"),
    "p95": Column("number", "95 % of single calls took no longer, in the row's unit"),
    "p99": Column("number", "99 % of single calls took no longer, in the row's unit"),
    "n": Column("count", "values behind the estimate", unit=""),
    "error": Column("number", "largest relative deviation from the float64 referee", unit=""),
    "seconds": Column("number", "how long the trial took", unit="s"),
    "message": Column("text", "why it did not work, where it did not"),
    "evidence": Column("text", "where it stands in the Run, as a JSON pointer"),
}
"""The columns of `observations`."""

SAMPLES = _KEY | {
    "grade": Column("category", "how good the timing is to which the block belongs", order=_GRADES),
    "process": Column("count", "number of the process that ran the block", unit=""),
    "round": Column("count", "number of the round, from 0", unit=""),
    "median": Column("number", "median of the block's calls", unit="s"),
    "fastest": Column("number", "the block's fastest call", unit="s"),
    "mean": Column("number", "mean of the block's calls", unit="s"),
    "calls": Column("count", "calls in the block", unit=""),
    "wall": Column("number", "time of the whole block", unit="s"),
    "cpu": Column("number", "processor time of the whole block", unit="s"),
    "accepted": Column("yes or no", "whether nothing disturbed the block"),
    "disturbances": Column("text", "what disturbed it, by kind"),
    "evidence": Column("text", "where the block stands in the Run, as a JSON pointer"),
}
"""The columns of `samples`."""


def observations(run: Run) -> pd.DataFrame:
    """Return one row for each observation, with the columns of `OBSERVATIONS`."""
    return frame(_observations(run), OBSERVATIONS)


def samples(run: Run) -> pd.DataFrame:
    """Return one row for each timed block, with the columns of `SAMPLES`."""
    return frame(_samples(run), SAMPLES)


def _observations(run: Run) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(run.observations):
        row = _key(run, each) | {
            "unit": each.unit, "outcome": each.outcome, "grade": each.grade, "seconds": each.seconds,
            "message": each.message, "evidence": f"/observations/{number}",
            "error": None if each.parity is None else each.parity.max_relative_error,
        }  # fmt: skip
        if found := each.summary:
            row |= {
                "value": found.median, "low": found.low, "high": found.high, "n": found.n,
                "p50": found.p50, "p95": found.p95, "p99": found.p99,
            }  # fmt: skip
        yield row


def _samples(run: Run) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(run.observations):
        if not each.rounds:
            continue
        key = _key(run, each) | {"grade": each.grade}
        for place, block in enumerate(each.rounds):
            yield key | {
                "process": block.process, "round": block.round, "median": block.median, "fastest": block.fastest,
                "mean": block.mean, "calls": block.calls, "wall": block.wall, "cpu": block.cpu,
                "accepted": block.accepted,
                "disturbances": "; ".join(found.kind for found in block.disturbances),
                "evidence": f"/observations/{number}/rounds/{place}",
            }  # fmt: skip


def _key(run: Run, each: Observation) -> dict[str, Any]:
    batch = each.parameters.get("batch")
    return {
        "run": run.id, "machine": run.host.cpu, "probe": each.probe, "stack": _id(each.stack),
        "framework": each.framework, "route": each.route, "network": each.workload, "setting": each.setting,
        "device": each.device, "metric": each.metric, "precision": each.parameters.get("precision"),
        "batch": batch if isinstance(batch, int) and not isinstance(batch, bool) else None,
        "parameters": " ".join(f"{name}={value}" for name, value in sorted(each.parameters.items())),
    }  # fmt: skip


def _id(stack: Stack) -> str:
    return f"{stack.framework}→{stack.route}" if stack.route else stack.framework
