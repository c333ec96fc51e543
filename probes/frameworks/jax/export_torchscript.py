"""TorchScript is a language of PyTorch's alone."""

from __future__ import annotations

from probes.channel import ProbeError
from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Say so."""
    raise ProbeError("not_applicable", "TorchScript is a part of PyTorch; JAX's programs are StableHLO")
