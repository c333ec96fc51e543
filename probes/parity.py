"""A cell counts only when its answer is right: parity with the float64 referee, before any time is taken."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from probes import reference
from probes.cell import Builder, Inference, Training
from probes.channel import ProbeError
from probes.proof import LIMIT, relative_error
from probes.workloads import Case, Weights

REFEREE = "numpy-float64"
STEPS = 3
MOVEMENT_LIMIT = 0.05


@dataclass(frozen=True)
class Ready:
    """A cell that agrees with the referee.

    Attributes
    ----------
    cell : Inference or Training
        What will be timed.
    parity : dict
        The errors found, their limit and the referee.
    first_call : float
        Seconds of the very first call, with tracing and compilation.
    how : str
        The setting in words.
    """

    cell: Inference | Training
    parity: dict[str, Any]
    first_call: float
    how: str


def check(build: Builder, case: Case) -> Ready:
    """Build a cell, time its first call and hold its answer against the referee.

    Inference: the logits. Training: the logits before the first step and the weights after three steps, each array
    relative to its largest weight. Three steps move some arrays by little more than that limit, so that a wrong
    learning rate could pass; hence the moves, too, must agree, within 5 % of the furthest one of an array. (Not closer:
    where a sum lies within rounding of zero, float32 and float64 take different sides of a ReLU.)

    Raises
    ------
    ProbeError
        When an error is above the limit; the message has the figure.
    """
    cell = build(case)
    if isinstance(cell, Inference):
        start = time.perf_counter()
        logits = cell.call()
        first_call = time.perf_counter() - start
    else:
        logits = cell.logits()
        start = time.perf_counter()
        cell.call()
        first_call = time.perf_counter() - start
    exact = reference.as_float64(case.weights)
    error = relative_error(logits, reference.forward(case.workload, exact, case.inputs))
    _judge(cell.how, "logits", error)
    parity: dict[str, Any] = {"max_relative_error": error, "limit": LIMIT, "referee": REFEREE}
    if isinstance(cell, Training):
        for _ in range(STEPS - 1):
            cell.call()
        parity["weights_max_relative_error"] = _judge_weights(cell, case, exact)
    return Ready(cell, parity, first_call, cell.how)


def _judge_weights(cell: Training, case: Case, start: Weights) -> float:
    """Return the largest relative error of the weights after the steps."""
    got = cell.weights()
    expected = reference.sgd(
        case.workload, start, case.inputs, case.labels, learning_rate=case.learning_rate, steps=STEPS
    )
    error = max(relative_error(got[name], expected[name]) for name in expected)
    moves = max(relative_error(got[name] - start[name], expected[name] - start[name]) for name in expected)
    _judge(cell.how, f"weights after {STEPS} steps", error)
    _judge(cell.how, f"moves of the weights in {STEPS} steps", moves, MOVEMENT_LIMIT)
    return error


def _judge(how: str, what: str, error: float, limit: float = LIMIT) -> None:
    if not error <= limit:
        raise ProbeError("error", f"{how}: {what} differ from the referee by {error:.3g} relative, more than {limit:g}")
