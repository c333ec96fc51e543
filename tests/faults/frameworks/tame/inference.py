"""The reference's own answer."""

from __future__ import annotations

from probes import reference
from probes.cell import Inference
from probes.workloads import Case


def plain(case: Case) -> Inference:
    return Inference("NumPy", lambda: reference.forward(case.workload, case.weights, case.inputs))


SETTINGS = {"out-of-the-box": (plain,)}
