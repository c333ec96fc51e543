"""Serve the CNN with PyTorch's own server: there is none that is maintained."""

from __future__ import annotations

from probes import footprint
from probes.proof import Proof
from probes.workloads import Case

# github.com/pytorch/serve/issues/3395
REASON = (
    "PyTorch has no server of its own: TorchServe has had no maintenance and no security fixes since 2025-02-28, and "
    "nothing in PyTorch took its place"
)


def run(_case: Case) -> Proof:
    """Say so; an abandoned server is not started, also where it is installed."""
    return Proof("not_supported", {"server": "TorchServe", "installed": footprint.version("torchserve")}, REASON)
