"""Map a function over a batch, push it forward and derive it twice in PyTorch, by torch.func."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import grad, hessian, jvp, vmap

from probes import transformations
from probes.proof import Proof
from probes.workloads import Case


def transformed(matrix: Tensor, samples: Tensor, direction: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of all samples, their slopes along a direction, and the curvature at the first."""

    def function(x: Tensor) -> Tensor:
        y = matrix @ x
        return (y * torch.sigmoid(y)).sum()

    mapped = vmap(grad(function))(samples)
    pushed = vmap(lambda x: jvp(function, (x,), (direction,))[1])(samples)
    return mapped, pushed, hessian(function)(samples[0])


def run(_case: Case) -> Proof:
    """Compare all three with NumPy's closed forms."""
    given = (transformations.MATRIX, transformations.SAMPLES, transformations.DIRECTION)
    found = transformed(*map(torch.tensor, given))
    return transformations.proof(transformed, *(each.numpy() for each in found))
