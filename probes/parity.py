"""A cell counts only when its answer is right: parity with the float64 referee, before any time is taken."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from probes import pictures, reference, slopes
from probes.cell import Cell, Pipeline, Training
from probes.channel import ProbeError
from probes.proof import LIMIT, relative_error
from probes.workloads import Array, Case, Weights

REFEREE = "numpy-float64"
STEPS = 3
MOVEMENT_LIMIT = 0.05
# Multiplications of the referee's forward pass: a few seconds. The samples of a batch know nothing of each other.
PATIENCE = 4e9
# A move by less than this share of an array's largest weight is taken for rounding.
STILL = 1e-5


@dataclass(frozen=True)
class Ready:
    """A cell that agrees with the referee.

    Attributes
    ----------
    cell : Cell
        What will be timed.
    parity : dict
        The errors found, their limit and the referee.
    first_call : float
        Seconds of the very first call, with tracing and compilation.
    how : str
        The setting in words.
    """

    cell: Cell
    parity: dict[str, Any]
    first_call: float
    how: str


class Referee:
    """What the reference computes for a case in float64; each answer is worked out once, when it is asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._trained: tuple[Weights, float | None] | None = None

    @cached_property
    def start(self) -> Weights:
        """The weights before the first step."""
        return reference.as_float64(self.case.weights)

    @cached_property
    def logits(self) -> Array:
        """The forward pass before the first step, of the first samples: as many as take no more than `PATIENCE`."""
        case = self.case
        judged = max(1, int(PATIENCE // max(1, case.network.macs())))
        return reference.forward(case.workload, self.start, {name: each[:judged] for name, each in case.feeds.items()})

    def trained(self, cell: Training) -> tuple[Weights, float | None]:
        """Return the weights after three steps, and how well the gradients were proved.

        The steps are those of the framework in float64, once its gradients have the slope of our float64 loss; of a
        cell that computes in no float64 they are NumPy's.
        """
        if self._trained is None:
            case = self.case
            if cell.double is None:
                expected = reference.sgd(
                    case.workload, self.start, case.feeds, case.labels, learning_rate=case.learning_rate, steps=STEPS
                )
                self._trained = expected, None
            else:
                found = cell.double(STEPS)
                reach = slopes.SHORT_REACH if found.rounded else slopes.REACH
                about = (case.network, self.start, case.feeds, case.labels)
                error = slopes.judge(cell.how, *about, found.gradients, reach)
                self._trained = found.weights, error
        return self._trained


def check(cell: Cell, referee: Referee) -> Ready:
    """Time the first call of a cell that was just built and hold its answer against the referee.

    Inference: the logits. Pipelines: see `probes.pictures`. Training: the logits before the first step and the weights
    after three steps, each array relative to its largest weight. Three steps move some arrays by little more than that
    limit, so that a wrong learning rate could pass; hence the moves, too, must agree, within 5 % of the furthest one of
    an array. (Not closer: where a sum lies within rounding of zero, float32 and float64 take different sides of a
    ReLU.)

    Raises
    ------
    ProbeError
        When an error is above the limit; the message has the figure.
    """
    if isinstance(cell, Pipeline):
        return _passes(cell, referee.case)
    logits = cell.logits() if isinstance(cell, Training) else None
    start = time.perf_counter()
    result = cell.call()
    first_call = time.perf_counter() - start
    answer = np.asarray(result if logits is None else logits)
    error = relative_error(answer[: len(referee.logits)], referee.logits)
    _judge(cell.how, "logits", error)
    parity: dict[str, Any] = {"max_relative_error": error, "limit": LIMIT, "referee": REFEREE}
    if isinstance(cell, Training):
        for _ in range(STEPS - 1):
            cell.call()
        parity["weights_max_relative_error"] = _judge_weights(cell, referee)
        slope = referee.trained(cell)[1]
        if slope is not None:
            parity["gradient_slope_error"] = slope
    return Ready(cell, parity, first_call, cell.how)


def _passes(cell: Pipeline, case: Case) -> Ready:
    """Judge two passes of a pipeline; the first call is the first pass."""
    start = time.perf_counter()
    one = list(cell.batches())
    first_call = time.perf_counter() - start
    error = pictures.judge(cell.how, case.inputs, one, list(cell.batches()))
    return Ready(cell, {"max_relative_error": error, "limit": pictures.LIMIT, "referee": REFEREE}, first_call, cell.how)


def _judge_weights(cell: Training, referee: Referee) -> float:
    """Return the largest relative error of the weights after the steps."""
    got, start, expected = cell.weights(), referee.start, referee.trained(cell)[0]
    # Running statistics are no gradient's: frameworks keep them in ways of their own.
    names = referee.case.network.trained()
    error = max(relative_error(got[name], expected[name]) for name in names)
    _judge(cell.how, f"weights after {STEPS} steps", error)
    moves = max(_move_error(got[name], expected[name], start[name]) for name in names)
    _judge(cell.how, f"moves of the weights in {STEPS} steps", moves, MOVEMENT_LIMIT)
    return error


def _move_error(got: Array, expected: Array, start: Array) -> float:
    """Return the largest difference of the moves, relative to the furthest one.

    Some weights cannot move (the bias of attention's keys: softmax does not see it), and what they do is rounding.
    """
    furthest = max(float(np.abs(expected - start).max()), STILL * float(np.abs(start).max()))
    return float(np.abs(got - expected).max()) / furthest


def _judge(how: str, what: str, error: float, limit: float = LIMIT) -> None:
    if not error <= limit:
        raise ProbeError("error", f"{how}: {what} differ from the referee by {error:.3g} relative, more than {limit:g}")
