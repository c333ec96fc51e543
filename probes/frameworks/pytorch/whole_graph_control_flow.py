"""Data-dependent control flow as one graph without Python: what torch.export needs to ship a model."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from probes import constructs
from probes.frameworks.pytorch.dynamic_control_flow import CONSTRUCTS
from probes.proof import Proof
from probes.workloads import Array, Case


class Construct(nn.Module):
    """A construct as a module, for torch.export takes nothing else."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.function = CONSTRUCTS[name]

    def forward(self, x: Tensor) -> Tensor:
        """Answer as the construct does."""
        return self.function(x)


def run(_case: Case) -> Proof:
    """Capture each construct whole, in every way there is, and answer on both ways through it."""
    return constructs.whole(
        {
            "torch.export": constructs.judge(exported),
            "torch.export(strict=True)": constructs.judge(exported_strictly),
            "torch.compile(fullgraph=True)": constructs.judge(compiled_whole),
        }
    )


def exported(name: str) -> Callable[[Array], Array]:
    """Return the program that torch.export traces on the first input."""
    program = torch.export.export(Construct(name), (torch.tensor(constructs.INPUTS[0]),)).module()
    return lambda x: program(torch.tensor(x)).numpy()


def exported_strictly(name: str) -> Callable[[Array], Array]:
    """Return the program that torch.export reads from the bytecode."""
    program = torch.export.export(Construct(name), (torch.tensor(constructs.INPUTS[0]),), strict=True).module()
    return lambda x: program(torch.tensor(x)).numpy()


def compiled_whole(name: str) -> Callable[[Array], Array]:
    """Return the construct captured without a way back to Python; the graph runs as it is, only its capture matters."""
    compiled = torch.compile(CONSTRUCTS[name], fullgraph=True, backend="eager")
    return lambda x: compiled(torch.tensor(x)).numpy()
