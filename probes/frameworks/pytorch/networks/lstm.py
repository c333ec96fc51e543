"""The recurrent network in PyTorch."""

from __future__ import annotations

from typing import Self

import torch
from torch import Tensor, nn

from probes.frameworks.pytorch.networks.network import Network
from probes.workloads import Array, Weights


class Lstm(Network):
    """An LSTM over 32 steps of 64 values, its last state → 10."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(64, 128, batch_first=True)
        self.dense = nn.Linear(128, 10)
        # PyTorch adds two biases (cuDNN has two); with both in training, their sum would move twice as far.
        nn.init.zeros_(self.lstm.bias_hh_l0).requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N×10) of `x` (N×32×64)."""
        states, _ = self.lstm(x)
        return self.dense(states[:, -1])

    def load(self, weights: Weights) -> Self:
        """Copy `weights`; the order of the gates is the same."""
        with torch.no_grad():
            self.lstm.weight_ih_l0.copy_(torch.tensor(weights["lstm_kernel"]).T)
            self.lstm.weight_hh_l0.copy_(torch.tensor(weights["lstm_recurrent"]).T)
            self.lstm.bias_ih_l0.copy_(torch.tensor(weights["lstm_bias"]))
            self.dense.weight.copy_(torch.tensor(weights["dense_kernel"]).T)
            self.dense.bias.copy_(torch.tensor(weights["dense_bias"]))
        return self

    def weights(self) -> dict[str, Array]:
        """Return a copy of the weights."""
        named = {
            "lstm_kernel": self.lstm.weight_ih_l0.T,
            "lstm_recurrent": self.lstm.weight_hh_l0.T,
            "lstm_bias": self.lstm.bias_ih_l0,
            "dense_kernel": self.dense.weight.T,
            "dense_bias": self.dense.bias,
        }
        return {name: tensor.detach().clone().numpy() for name, tensor in named.items()}
