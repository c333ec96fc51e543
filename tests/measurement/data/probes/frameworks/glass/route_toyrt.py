"""Glass has no archive: its route ends in an exception."""

from __future__ import annotations

from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    raise KeyError("keras_tensor_4")
