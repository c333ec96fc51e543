"""PyTorch's library as the runtime of an AOTInductor package: a compiled model, without the model's source."""

from __future__ import annotations

from pathlib import Path

import torch
import torch._inductor

from probes.runtimes.torch_program import SIGNATURE, Program, read

DISTRIBUTION = "torch"
PACKAGE = "torch"
HOLDS = ("torch",)


class Model(Program):
    """A ``.pt2`` package, with its inputs and outputs in its metadata."""

    def __init__(self, artifact: Path, threads: int) -> None:
        torch.set_num_threads(threads)
        loaded = torch._inductor.aoti_load_package(str(artifact))
        self.inputs, self.outputs = read(loaded.loader.get_metadata()[SIGNATURE])
        self._run = loaded
