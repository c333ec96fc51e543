"""Inputs of twenty lengths through torch.compile: how often the model is captured anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from probes.demands import judged
from probes.proof import LIMIT, Proof, relative_error
from probes.workloads import Case

LENGTHS = range(5, 25)
FEATURES = 8


def attention(x: Tensor) -> Tensor:
    """Return one self-attention (length × features) without weights."""
    return torch.softmax(x @ x.T / FEATURES**0.5, dim=-1) @ x


def run(_case: Case) -> Proof:
    """Count captures as the framework decides by itself, and when it is told that the length varies."""
    captures, errors = {}, []
    for how, told in {"by_default": None, "told": True}.items():
        captures[how], error = count(told)
        errors.append(error)
    demands = {
        "the answers are right at every length": max(errors) <= LIMIT,
        "one capture is enough when told that the length varies": captures["told"] == 1,
    }
    return judged(demands, lengths=len(LENGTHS), captures=captures, max_relative_error=max(errors))


def count(dynamic: bool | None) -> tuple[int, float]:
    """Return the number of captures over all lengths, and the largest relative error against NumPy."""
    captures = 0

    def backend(graph: torch.fx.GraphModule, _inputs: Sequence[Tensor]) -> Callable[..., object]:
        nonlocal captures
        captures += 1
        return graph.forward

    compiled = torch.compile(attention, dynamic=dynamic, backend=backend)
    rng = np.random.default_rng(0)
    errors = []
    for length in LENGTHS:
        x = rng.standard_normal((length, FEATURES), dtype=np.float32)
        scores = np.exp(x @ x.T / FEATURES**0.5)
        expected = scores / scores.sum(axis=-1, keepdims=True) @ x
        errors.append(relative_error(compiled(torch.from_numpy(x)).numpy(), expected))
    return captures, max(errors)
