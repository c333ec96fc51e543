"""PyTorch itself as the runtime of a ``torch.export`` program: eager operators, without the model's source."""

from __future__ import annotations

from pathlib import Path

import torch
import torchao.quantization.pt2e  # noqa: F401 - registers the operators of an int8 program

from probes.runtimes.torch_program import Program, of_program

DISTRIBUTION = "torch"
PACKAGE = "torch"
HOLDS = ("torch", "torchao")


class Model(Program):
    """A ``.pt2`` file."""

    def __init__(self, artifact: Path, threads: int) -> None:
        torch.set_num_threads(threads)
        program = torch.export.load(artifact)
        self.inputs, self.outputs = of_program(program)
        self._run = program.module()
