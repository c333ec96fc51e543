"""Inputs of twenty lengths through torch.compile: how often the model is captured anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from probes import attention
from probes.demands import judged
from probes.proof import LIMIT, Proof, relative_error
from probes.workloads import Case

LENGTHS = range(5, 25)


def attend(x: Tensor) -> Tensor:
    """Return one self-attention (length × features) without weights."""
    return torch.softmax(x @ x.T / x.shape[-1] ** 0.5, dim=-1) @ x


def run(_case: Case) -> Proof:
    """Count as the framework decides by itself, when it is asked for one graph, and when it is told what varies."""
    by_default, error = count()
    asked, asked_error = count(dynamic=True)
    told, told_error = count(mark=True)
    worst = max(error, asked_error, told_error)
    demands = {"the answers are right at every length": worst <= LIMIT, "one capture is enough when told": told == 1}
    captures = {"by_default": by_default, "asked": asked, "told": told}
    return judged(demands, captures=captures, lengths=len(LENGTHS), max_relative_error=worst)


def count(dynamic: bool | None = None, mark: bool = False) -> tuple[int, float]:
    """Return the number of captures over all lengths, and the largest relative error against NumPy."""
    captures = 0

    def backend(graph: torch.fx.GraphModule, _inputs: Sequence[Tensor]) -> Callable[..., object]:
        nonlocal captures
        captures += 1
        return graph.forward

    torch.compiler.reset()
    compiled = torch.compile(attend, dynamic=dynamic, backend=backend)
    errors = []
    for length in LENGTHS:
        x = torch.tensor(attention.sequence(length))
        if mark:
            torch._dynamo.mark_dynamic(x, 0)
        errors.append(relative_error(compiled(x).numpy(), attention.attend(x.numpy())))
    return captures, max(errors)
