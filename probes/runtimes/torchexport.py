"""PyTorch itself as the runtime of a ``torch.export`` program: eager operators, without the model's source."""

from __future__ import annotations

from pathlib import Path

import torch
import torchao.quantization.pt2e  # noqa: F401 - registers the operators of an int8 program

from probes.runtimes.torch_program import Program

DISTRIBUTION = "torch"
PACKAGE = "torch"
HOLDS = ("torch", "torchao")


class Model(Program):
    """A ``.pt2`` file with one input and one output."""

    def __init__(self, artifact: Path, threads: int) -> None:
        torch.set_num_threads(threads)
        program = torch.export.load(artifact)
        (name,) = program.graph_signature.user_inputs
        (entry,) = (node for node in program.graph.nodes if node.name == name)
        self.input_shape = tuple(size if isinstance(size, int) else None for size in entry.meta["val"].shape)
        self._run = program.module()
