"""The recommender in PyTorch."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from probes.frameworks.pytorch.networks.network import Network


class Recommender(Network):
    """Embeddings of a user and an item, side by side → 128 → 64 → 10.

    Parameters
    ----------
    sparse : bool
        Whether the gradients of the tables hold only the rows that a batch names.
    """

    def __init__(self, *, sparse: bool = False) -> None:
        super().__init__()
        self.user = nn.Embedding(10_000, 64, sparse=sparse)
        self.item = nn.Embedding(5_000, 64, sparse=sparse)
        self.dense1 = nn.Linear(128, 128)
        self.dense2 = nn.Linear(128, 64)
        self.dense3 = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N×10) of the numbers of users and items (N×2)."""
        x = torch.cat([self.user(x[:, 0]), self.item(x[:, 1])], dim=1)
        x = F.relu(self.dense1(x))
        x = F.relu(self.dense2(x))
        return self.dense3(x)
