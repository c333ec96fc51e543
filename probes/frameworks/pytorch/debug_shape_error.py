"""Multiply 3×4 by 5×6: PyTorch's error tells the shapes and the line, in every way of running a model."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from probes.demands import judged
from probes.frameworks.pytorch.compiler import require_compiler
from probes.proof import Proof
from probes.tracebacks import line_of, provoke
from probes.workloads import Case


class Product(nn.Module):
    """A layer that takes five features."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.ones(5, 6))

    def forward(self, x: Tensor) -> Tensor:
        """Return x · kernel."""
        return x @ self.kernel


def run(_case: Case) -> Proof:
    """Give the layer four features instead, eagerly, compiled and exported."""
    require_compiler()
    planted = line_of(Product.forward, "x @ self.kernel")
    errors = {
        "eager": provoke(eager, planted),
        "compiled": provoke(compiled, planted),
        "exported": provoke(exported, planted),
    }
    demands = {f"{way}, the error tells the shapes": error["shapes"] for way, error in errors.items()}
    demands |= {f"{way}, it names the line": error["line"] != "no" for way, error in errors.items()}
    return judged(demands, **errors)


def eager() -> None:
    """Call the model."""
    Product()(torch.ones(3, 4))


def compiled() -> None:
    """Call the model through torch.compile."""
    torch.compile(Product())(torch.ones(3, 4))


def exported() -> None:
    """Export the model."""
    torch.export.export(Product(), (torch.ones(3, 4),))
