"""One training step in NumPy."""

from __future__ import annotations

from probes import reference
from probes.cell import Training
from probes.workloads import Case


def plain(case: Case) -> Training:
    state = {"weights": dict(case.weights)}

    def step() -> float:
        state["weights"] = reference.sgd(
            case.workload, state["weights"], case.inputs, case.labels, learning_rate=case.learning_rate, steps=1
        )
        return 0.0

    return Training(
        "NumPy",
        call=step,
        logits=lambda: reference.forward(case.workload, state["weights"], case.inputs),
        weights=lambda: state["weights"],
    )


SETTINGS = {"out-of-the-box": (plain,), "best-known": (plain,)}
