"""A runtime that is NumPy: it loads an archive of weights and answers with the reference."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from probes import reference
from probes.runtimes import Slot
from probes.workloads import Array

DISTRIBUTION = "numpy"
PACKAGE = "numpy"


class Model:
    def __init__(self, artifact: Path, threads: int) -> None:
        with np.load(artifact) as stored:
            self._weights = {name: stored[name].astype(np.float32) for name in stored.files}
        self.inputs = (Slot("images", "float32", (None, 32, 32, 1)),)
        self.outputs = (Slot("logits", "float32", (None, 10)),)

    def __call__(self, *given: Array) -> list[Array]:
        return [reference.forward("cnn", self._weights, *given)]
