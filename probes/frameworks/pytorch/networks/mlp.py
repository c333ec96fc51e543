"""The multilayer perceptron in PyTorch."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from probes.frameworks.pytorch.networks.network import Network


class Mlp(Network):
    """784 → 512 → 512 → 10."""

    def __init__(self) -> None:
        super().__init__()
        self.dense1 = nn.Linear(784, 512)
        self.dense2 = nn.Linear(512, 512)
        self.dense3 = nn.Linear(512, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N×10) of `x` (N×784)."""
        x = F.relu(self.dense1(x))
        x = F.relu(self.dense2(x))
        return self.dense3(x)
