"""One training step: right, never learning, and with another learning rate."""

from __future__ import annotations

from probes import reference
from probes.cell import Training
from probes.workloads import Case, Weights


def right(case: Case) -> Training:
    return _training("NumPy", case, case.learning_rate)


def lazy(case: Case) -> Training:
    return _training("NumPy that never learns", case, 0)


def hasty(case: Case) -> Training:
    return _training("NumPy with 1.1 times the learning rate", case, 1.1 * case.learning_rate)


def _training(how: str, case: Case, rate: float) -> Training:
    state: dict[str, Weights] = {"weights": case.weights}

    def step() -> float:
        weights = state["weights"]
        loss, _ = reference.loss_and_gradients(case.workload, weights, case.inputs, case.labels)
        state["weights"] = reference.sgd(case.workload, weights, case.inputs, case.labels, learning_rate=rate, steps=1)
        return loss

    return Training(
        how,
        call=step,
        logits=lambda: reference.forward(case.workload, state["weights"], case.inputs),
        weights=lambda: state["weights"],
    )


SETTINGS = {"out-of-the-box": (right,), "lazy": (lazy,), "hasty": (hasty,)}
