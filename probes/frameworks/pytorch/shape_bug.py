"""Multiply 3×4 by 5×6: PyTorch's error tells the shapes and the line."""

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


def run(case: Case) -> Proof:
    """Give the layer four features instead, as the mode runs it; look at an export, too."""
    planted = line_of(Product.forward, "x @ self.kernel")
    error = provoke(MODES[case.parameters["mode"]], planted)
    demands = {"the error tells the shapes": error["shapes"], "the error names the line": error["line"] != "no"}
    return judged(demands, **error, exported=provoke(exported, planted))


def eager() -> None:
    """Call the model."""
    Product()(torch.ones(3, 4))


def compiled() -> None:
    """Call the model through torch.compile."""
    require_compiler()
    torch.compile(Product())(torch.ones(3, 4))


def exported() -> None:
    """Export the model."""
    torch.export.export(Product(), (torch.ones(3, 4),))


MODES = {"out-of-the-box": eager, "best-known": compiled}
