"""The transformer encoder in PyTorch."""

from __future__ import annotations

from typing import Self

import torch
from torch import Tensor, nn

from probes.frameworks.pytorch.networks.network import Network
from probes.workloads import Array, Weights

PROJECTIONS = ("query", "key", "value")
# Our names of a layer's other weights, and PyTorch's.
PARTS = {
    "output_kernel": "self_attn.out_proj.weight",
    "output_bias": "self_attn.out_proj.bias",
    "inner_kernel": "linear1.weight",
    "inner_bias": "linear1.bias",
    "outer_kernel": "linear2.weight",
    "outer_bias": "linear2.bias",
    "norm1_scale": "norm1.weight",
    "norm1_shift": "norm1.bias",
    "norm2_scale": "norm2.weight",
    "norm2_shift": "norm2.bias",
}


class Transformer(Network):
    """Two encoder layers over 32 steps of 64 values, their mean over the steps → 10."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(64, nhead=4, dim_feedforward=256, dropout=0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers=2)
        self.dense = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N×10) of `x` (N×32×64)."""
        return self.dense(self.encoder(x).mean(dim=1))

    def load(self, weights: Weights) -> Self:
        """Copy `weights`; PyTorch keeps the three projections of attention in one matrix."""
        state = {"dense.weight": weights["dense_kernel"].T, "dense.bias": weights["dense_bias"]}
        for number in (0, 1):
            ours, theirs = f"layer{number + 1}", f"encoder.layers.{number}"
            for kind, name in (("kernel", "weight"), ("bias", "bias")):
                parts = [torch.tensor(weights[f"{ours}_{each}_{kind}"].T) for each in PROJECTIONS]
                state[f"{theirs}.self_attn.in_proj_{name}"] = torch.cat(parts).numpy()
            state |= {f"{theirs}.{name}": weights[f"{ours}_{part}"].T for part, name in PARTS.items()}
        self.load_state_dict({name: torch.tensor(array) for name, array in state.items()})
        return self

    def weights(self) -> dict[str, Array]:
        """Return a copy of the weights."""
        state = {name: tensor.detach().clone().numpy() for name, tensor in self.state_dict().items()}
        weights = {"dense_kernel": state["dense.weight"].T, "dense_bias": state["dense.bias"]}
        for number in (0, 1):
            ours, theirs = f"layer{number + 1}", f"encoder.layers.{number}"
            for kind, name in (("kernel", "weight"), ("bias", "bias")):
                parts = state[f"{theirs}.self_attn.in_proj_{name}"].reshape(3, 64, -1)
                for each, part in zip(PROJECTIONS, parts, strict=True):
                    weights[f"{ours}_{each}_{kind}"] = part.T if kind == "kernel" else part.ravel()
            weights |= {f"{ours}_{part}": state[f"{theirs}.{name}"].T for part, name in PARTS.items()}
        return weights
