"""Find a gradient that becomes NaN with PyTorch's anomaly detection; it names the operation or the line."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from probes.demands import judged
from probes.frameworks.pytorch.compiler import require_compiler
from probes.proof import Proof
from probes.tracebacks import detection, line_of
from probes.workloads import Case

OPERATION = r"Function '(\w+)' returned nan"


def distance(x: Tensor) -> Tensor:
    """Return the length of x: zero at zero, where its gradient is 0 · ∞."""
    return (x * x).sum().sqrt()


def logarithm(x: Tensor) -> Tensor:
    """Return what is NaN at zero already in the forward pass."""
    return (x - 1).log().sum()


def run(_case: Case) -> Proof:
    """Differentiate both at zero with the detector on, as they are and compiled."""
    require_compiler()
    planted, forward = line_of(distance, "sqrt()"), line_of(logarithm, "log()")
    found = {
        "backward": detect(distance, planted),
        "backward_compiled": detect(torch.compile(distance), planted),
        "forward": detect(logarithm, forward),
        "forward_compiled": detect(torch.compile(logarithm), forward),
    }
    seen = found["backward"]
    demands = {
        "the detector finds the gradient": seen["found"],
        "it names the operation or the line": bool(seen["operation"]) or seen["line"] != "no",
    }
    return judged(demands, detector="torch.autograd.detect_anomaly", **found)


def detect(function: Callable[[Tensor], Tensor], planted: tuple[str, int]) -> dict[str, Any]:
    """Return what the detector says; it writes where the operation was called as a warning."""
    x = torch.zeros(3, requires_grad=True)
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        try:
            with torch.autograd.detect_anomaly():
                function(x).backward()
        except RuntimeError as error:
            return detection(error, OPERATION, planted, [str(note.message) for note in notes])
    return detection(None, OPERATION, planted)
