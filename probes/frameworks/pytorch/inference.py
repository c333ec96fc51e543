"""One forward pass in PyTorch: eager, and compiled."""

from __future__ import annotations

import torch

from probes.cell import Inference
from probes.frameworks.pytorch import models
from probes.frameworks.pytorch.compiler import require_compiler
from probes.workloads import Array, Case


def eager(case: Case) -> Inference:
    """Run the model as written."""
    model = models.build(case).eval()
    inputs = models.natural(case.inputs)

    def call() -> Array:
        with torch.inference_mode():
            return model(inputs).numpy()

    return Inference("eager, torch.inference_mode", call)


def compiled(case: Case) -> Inference:
    """Run the model through torch.compile, specialised to the shape of the inputs."""
    require_compiler()
    model = torch.compile(models.build(case).eval(), fullgraph=True, dynamic=False)
    inputs = models.natural(case.inputs)

    def call() -> Array:
        with torch.inference_mode():
            return model(inputs).numpy()

    return Inference("torch.compile, torch.inference_mode", call)


SETTINGS = {"out-of-the-box": (eager,), "best-known": (compiled,)}
