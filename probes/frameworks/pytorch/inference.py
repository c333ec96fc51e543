"""One forward pass in PyTorch: eager, and compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from probes.cell import Inference
from probes.frameworks.pytorch import models
from probes.frameworks.pytorch.compiler import require_compiler
from probes.workloads import Array, Case

Answer: TypeAlias = Tensor | tuple[Tensor, ...]


def eager(case: Case) -> Inference:
    """Run the model as written."""
    return _inference("eager, torch.inference_mode", models.build(case).eval(), models.feeds(case))


def channels_last(case: Case) -> Inference:
    """Run the model as written, with images in the memory format that suits processors."""
    model, inputs = models.channels_last(models.build(case).eval(), models.feeds(case))
    return _inference(models.described("eager", inputs), model, inputs)


def compiled(case: Case) -> Inference:
    """Run the model through torch.compile, specialised to the shape of the inputs."""
    require_compiler()
    model, inputs = models.channels_last(models.build(case).eval(), models.feeds(case))
    model = torch.compile(model, fullgraph=True, dynamic=False)
    return _inference(models.described("torch.compile", inputs), model, inputs, compiled=True)


def _inference(
    how: str, model: Callable[..., Answer], inputs: tuple[Tensor, ...], *, compiled: bool = False
) -> Inference:
    def call() -> Array:
        with torch.inference_mode():
            return models.array(model(*inputs))

    def answer(others: Array) -> Array:
        with torch.inference_mode():
            return models.array(model(models.like(inputs[0], models.natural(others))))

    return Inference(how, call, compiled, answer)


SETTINGS = {"out-of-the-box": (eager,), "best-known": (compiled, channels_last)}
