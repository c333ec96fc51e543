"""PyTorch's library as the runtime of an AOTInductor package: a compiled model, without the model's source."""

from __future__ import annotations

import json
from pathlib import Path

import torch
import torch._inductor

from probes.workloads import Array

DISTRIBUTION = "torch"
PACKAGE = "torch"
HOLDS = ("torch",)

SHAPE = "input_shape"


class Model:
    """A ``.pt2`` package with one input and one output, and its input's shape in its metadata."""

    def __init__(self, artifact: Path, threads: int) -> None:
        torch.set_num_threads(threads)
        self._run = torch._inductor.aoti_load_package(str(artifact))
        self.input_shape: tuple[int | None, ...] = tuple(json.loads(self._run.loader.get_metadata()[SHAPE]))

    def __call__(self, inputs: Array) -> Array:
        """Return the answer for `inputs`."""
        with torch.no_grad():
            answer: Array = self._run(torch.from_numpy(inputs)).numpy()
        return answer
