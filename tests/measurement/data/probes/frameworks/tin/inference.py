"""One forward pass in NumPy that takes three times as long as the toy's: it is made three times."""

from __future__ import annotations

from probes import reference
from probes.cell import Inference
from probes.workloads import Array, Case


def slow(case: Case) -> Inference:
    def call() -> Array:
        for _ in range(2):
            reference.forward(case.workload, case.weights, case.inputs)
        return reference.forward(case.workload, case.weights, case.inputs)

    return Inference("NumPy, three times", call)


SETTINGS = {"out-of-the-box": (slow,)}
