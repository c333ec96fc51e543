"""Tin exports in full precision as the toy does, and refuses int8."""

from __future__ import annotations

from probes.frameworks.toy import route_toyrt  # type: ignore[import-untyped]

from probes.channel import ProbeError
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    if case.parameters["precision"] == "int8":
        raise ProbeError("not_supported", "tin has no eight-bit numbers")
    proof: Proof = route_toyrt.run(case)
    return proof
