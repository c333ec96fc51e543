"""Many tiny operations in PyTorch."""

from __future__ import annotations

from typing import Self

import torch
from torch import Tensor

from probes.frameworks.pytorch.networks.network import Network
from probes.workloads import Array, Weights


class Tiny(Network):
    """64 times x → tanh(x · scale + shift); scales and shifts are constants."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[tuple[Tensor, Tensor]] = []

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N×10) of `x` (N×10)."""
        for scale, shift in self.steps:
            x = torch.tanh(x * scale + shift)
        return x

    def load(self, weights: Weights) -> Self:
        """Copy `weights`."""
        self.steps = list(zip(torch.tensor(weights["scale"]), torch.tensor(weights["shift"]), strict=True))
        return self

    def weights(self) -> dict[str, Array]:
        """Return a copy of the weights."""
        scales, shifts = zip(*self.steps, strict=True)
        return {"scale": torch.stack(scales).numpy(), "shift": torch.stack(shifts).numpy()}
