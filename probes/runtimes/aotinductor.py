"""PyTorch's library as the runtime of an AOTInductor package: a compiled model, without the model's source."""

from __future__ import annotations

import json
from pathlib import Path

import torch
import torch._inductor

from probes.runtimes.torch_program import Program

DISTRIBUTION = "torch"
PACKAGE = "torch"
HOLDS = ("torch",)

SHAPE = "input_shape"


class Model(Program):
    """A ``.pt2`` package with one input and one output, and its input's shape in its metadata."""

    def __init__(self, artifact: Path, threads: int) -> None:
        torch.set_num_threads(threads)
        loaded = torch._inductor.aoti_load_package(str(artifact))
        self.input_shape: tuple[int | None, ...] = tuple(json.loads(loaded.loader.get_metadata()[SHAPE]))
        self._run = loaded
