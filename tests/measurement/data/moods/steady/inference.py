"""A plain forward pass, and one that takes its time for a new shape, as a compiler does, and is faster after that."""

from __future__ import annotations

import time

from probes import reference
from probes.cell import Inference
from probes.workloads import Array, Case

COMPILING, PLAIN, QUICK = 0.1, 0.006, 0.002


def plain(case: Case) -> Inference:
    def call() -> Array:
        time.sleep(PLAIN)
        return reference.forward(case.workload, case.weights, case.inputs)

    return Inference("plain", call)


def compiled(case: Case) -> Inference:
    seen: set[tuple[int, ...]] = set()

    def answer(inputs: Array) -> Array:
        time.sleep(QUICK if inputs.shape in seen else COMPILING)
        seen.add(inputs.shape)
        return reference.forward(case.workload, case.weights, inputs)

    return Inference("compiled", lambda: answer(case.inputs), compiled=True, answer=answer)


SETTINGS = {"out-of-the-box": (plain,), "best-known": (compiled, plain)}
