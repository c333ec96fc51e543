"""Give a function of one's own a gradient of one's own in PyTorch."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from probes.differences import POINTS, slopes, swish
from probes.proof import Proof, close
from probes.source import tokens_of
from probes.workloads import Case


class Swish(torch.autograd.Function):
    """x · sigmoid(x) with a gradient that keeps x alone in memory."""

    @staticmethod
    def forward(context: Any, x: Tensor) -> Tensor:
        """Return x · sigmoid(x)."""
        context.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(context: Any, upstream: Tensor) -> Tensor:
        """Return the derivative times what comes from above."""
        (x,) = context.saved_tensors
        gate = torch.sigmoid(x)
        return upstream * gate * (1 + x * (1 - gate))


def run(_case: Case) -> Proof:
    """Compare its slopes with finite differences of NumPy."""
    x = torch.tensor(POINTS, requires_grad=True)
    Swish.apply(x).sum().backward()
    return close(x.grad.numpy(), slopes(swish), limit=1e-6, tokens=tokens_of(Swish))
