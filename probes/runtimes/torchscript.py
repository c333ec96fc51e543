"""PyTorch itself as the runtime of a TorchScript file, which is deprecated."""

from __future__ import annotations

from pathlib import Path

import torch

from probes.runtimes.torch_program import SIGNATURE, Program, read

DISTRIBUTION = "torch"
PACKAGE = "torch"
HOLDS = ("torch",)


class Model(Program):
    """A ``.pt`` file, with its inputs and outputs in an extra file."""

    def __init__(self, artifact: Path, threads: int) -> None:
        torch.set_num_threads(threads)
        extra = {SIGNATURE: ""}
        self._run = torch.jit.load(artifact, _extra_files=extra)
        self.inputs, self.outputs = read(extra[SIGNATURE])
