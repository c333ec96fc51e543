"""The convolutional network in PyTorch: images are N×channel×height×width."""

from __future__ import annotations

from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from probes.frameworks.pytorch.networks.network import Network
from probes.workloads import Array, Weights


class Cnn(Network):
    """Two convolutions with pooling, two dense layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.dense1 = nn.Linear(32 * 8 * 8, 64)
        self.dense2 = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N×10) of `x` (N×1×32×32)."""
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.dense1(x))
        return self.dense2(x)

    def load(self, weights: Weights) -> Self:
        """Copy `weights`; here flattening runs through channel, height, width."""
        kernel = weights["dense1_kernel"].reshape(8, 8, 32, -1).transpose(2, 0, 1, 3).reshape(2048, -1)
        return super().load({**weights, "dense1_kernel": kernel})

    def weights(self) -> dict[str, Array]:
        """Return a copy of the weights."""
        weights = super().weights()
        kernel = weights["dense1_kernel"].reshape(32, 8, 8, -1).transpose(1, 2, 0, 3).reshape(2048, -1)
        return {**weights, "dense1_kernel": kernel}
