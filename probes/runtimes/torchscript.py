"""PyTorch itself as the runtime of a TorchScript file, which is deprecated."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from probes.runtimes.torch_program import Program

DISTRIBUTION = "torch"
PACKAGE = "torch"
HOLDS = ("torch",)

SHAPE = "input_shape"


class Model(Program):
    """A ``.pt`` file with one input and one output, and its input's shape in an extra file."""

    def __init__(self, artifact: Path, threads: int) -> None:
        torch.set_num_threads(threads)
        extra = {SHAPE: ""}
        self._run = torch.jit.load(artifact, _extra_files=extra)
        self.input_shape: tuple[int | None, ...] = tuple(json.loads(extra[SHAPE]))
