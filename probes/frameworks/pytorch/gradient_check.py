"""Compare gradients with finite differences: a right one passes PyTorch's own check, a wrong one does not."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Case


class Cube(torch.autograd.Function):
    """x³ with its gradient."""

    @staticmethod
    def forward(context: Any, x: Tensor) -> Tensor:
        """Return x³."""
        context.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(context: Any, upstream: Tensor) -> Tensor:
        """Return 3x² times what comes from above."""
        (x,) = context.saved_tensors
        return upstream * 3 * x**2


class WrongCube(Cube):
    """x³ with a wrong gradient."""

    @staticmethod
    def backward(context: Any, upstream: Tensor) -> Tensor:
        """Forget the factor."""
        (x,) = context.saved_tensors
        return upstream * x**2


def run(_case: Case) -> Proof:
    """Check both."""
    passes, caught = check(Cube), not check(WrongCube)
    demands = {"the right gradient passes": passes, "the wrong gradient is caught": caught}
    return judged(demands, how="torch.autograd.gradcheck", right_passes=passes, wrong_caught=caught)


def check(function: type[torch.autograd.Function]) -> bool:
    """Tell whether a function's gradient agrees with finite differences in float64."""
    x = torch.linspace(-1, 1, 5, dtype=torch.float64, requires_grad=True)
    return torch.autograd.gradcheck(function.apply, (x,), raise_exception=False)
