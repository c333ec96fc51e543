"""One forward pass: right, wrong, and alternatives that differ in speed."""

from __future__ import annotations

import os
import time

import numpy as np

from probes import reference
from probes.cell import Inference
from probes.channel import ProbeError
from probes.workloads import Array, Case


def right(case: Case) -> Inference:
    def answer(inputs: Array) -> Array:
        return reference.forward(case.workload, case.weights, inputs)

    return Inference("NumPy", lambda: answer(case.inputs), answer=answer)


def narrow(case: Case) -> Inference:
    def answer(inputs: Array) -> Array:
        return reference.forward(case.workload, case.weights, inputs) * np.float32(1.01)

    return Inference("NumPy for one shape", right(case).call, answer=answer)


def hoarding(case: Case) -> Inference:
    kept: list[Array] = []

    def call() -> Array:
        kept.append(np.ones(10_000_000 // 8))
        return kept[-1]

    return Inference("NumPy that keeps everything", call)


def slow(case: Case) -> Inference:
    def call() -> Array:
        time.sleep(0.005)
        return reference.forward(case.workload, case.weights, case.inputs)

    return Inference("NumPy after a nap", call)


def noisy(case: Case) -> Inference:
    def call() -> Array:
        print("printed by Python")  # noqa: T201 - what must not reach the channel
        os.write(1, b'{"id": 2, "ok": "written to descriptor 1"}\n')
        return reference.forward(case.workload, case.weights, case.inputs)

    return Inference("NumPy, talkative", call)


def perturbed(case: Case) -> Inference:
    weights = dict(case.weights)
    weights["dense2_kernel"] = weights["dense2_kernel"] * np.float32(1.001)
    return Inference("NumPy, one layer off", lambda: reference.forward(case.workload, weights, case.inputs))


def broken(case: Case) -> Inference:
    raise ProbeError("not_supported", "there is no compiler here")


SETTINGS = {
    "out-of-the-box": (right,),
    "best-known": (broken, slow, right),
    "narrow": (narrow,),
    "hoarding": (hoarding,),
    "noisy": (noisy,),
    "perturbed": (perturbed,),
    "broken": (broken,),
}
