"""Data-dependent control flow in PyTorch, run as it is written."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from probes import constructs
from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Array, Case


def branch(x: Tensor) -> Tensor:
    """Take one of two ways, chosen by the sum."""
    if x.sum() > 0:
        return x * 2
    return x - 1


def loop(x: Tensor) -> Tensor:
    """Halve as often as the norm asks for."""
    while x.norm() > 1:
        x = x / 2
    return x


def rows(x: Tensor) -> Tensor:
    """Go through the rows and keep a running value."""
    total = torch.zeros_like(x[0])
    for row in x:
        total = total / 2 + row
    return total


def number(x: Tensor) -> Tensor:
    """Make a Python number of a tensor and go on with it."""
    return x * float(x.max())


CONSTRUCTS = {"if": branch, "while": loop, "for": rows, "number": number}


def run(_case: Case) -> Proof:
    """Answer on both ways through each construct; differentiate both ways of the branch."""
    verdicts = constructs.judge(as_written)
    slopes = [slope(x) for x in constructs.INPUTS]
    demands = {f"{name} gives the right answer on both ways": verdict == "right" for name, verdict in verdicts.items()}
    demands |= {"the gradient follows the way that was taken": slopes == [2.0, 1.0]}
    return judged(demands, **verdicts, slopes=slopes)


def as_written(name: str) -> Callable[[Array], Array]:
    """Return a construct as a function of arrays."""
    return lambda x: CONSTRUCTS[name](torch.tensor(x)).numpy()


def slope(array: Array) -> float:
    """Return the derivative of the branch at its first element."""
    x = torch.tensor(array, requires_grad=True)
    branch(x).sum().backward()
    return float(x.grad[0, 0])
