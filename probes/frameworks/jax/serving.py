"""JAX brings no server of its own."""

from __future__ import annotations

from probes.channel import ProbeError
from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Say so."""
    raise ProbeError("not_supported", "JAX brings no server; Saxml and JetStream, Google's own for it, are ended")
