"""Put one number on a GPU with PyTorch, and see how much of the card's memory is gone."""

from __future__ import annotations

import torch

from probes import card, python_process
from probes.channel import ProbeError
from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Case

SHARE = 0.1


def run(_case: Case) -> Proof:
    """Compare the card before a fresh process imports PyTorch with the card while it holds the tensor."""
    before, total = card.used(), card.total()
    taken = (python_process.call(hold) - before) / total
    limited = (python_process.call(hold_within_limits) - before) / total
    demands = {f"one tensor leaves {1 - SHARE:.0%} of the card to others": taken <= SHARE}
    control = "torch.cuda.set_per_process_memory_fraction"
    return judged(demands, share_taken=taken, share_taken_with_control=limited, control=control)


def hold() -> int:
    """Return what is taken of the card while the tensor lies there."""
    if not torch.cuda.is_available():
        raise ProbeError("not_applicable", "this PyTorch sees no NVIDIA GPU")
    tensor = torch.ones(1, device="cuda")
    taken = card.used()
    del tensor
    return taken


def hold_within_limits() -> int:
    """Do the same after asking for at most a tenth of the card."""
    torch.cuda.set_per_process_memory_fraction(SHARE)
    return hold()
