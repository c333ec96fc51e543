"""A network whose weights come and go in the layouts of `probes.workloads`."""

from __future__ import annotations

from typing import Self

import torch
from torch import Tensor, nn

from probes.workloads import Array, Weights

# What PyTorch calls ``weight`` and ``bias`` has other names in some layers.
KINDS: dict[type[nn.Module], tuple[str, str]] = {nn.LayerNorm: ("scale", "shift"), nn.Embedding: ("table", "")}


class Network(nn.Module):
    """Layers named as in `probes.networks`; dense kernels are out×in in PyTorch, those of convolutions OIHW."""

    def load(self, weights: Weights) -> Self:
        """Copy `weights` into the network."""
        with torch.no_grad():
            for name, parameter, kind in self._named():
                parameter.copy_(turned(torch.tensor(weights[name]), kind))
        return self

    def weights(self) -> dict[str, Array]:
        """Return a copy of the weights."""
        return {name: turned(parameter.detach(), kind, back=True).numpy() for name, parameter, kind in self._named()}

    def _named(self) -> list[tuple[str, nn.Parameter, str]]:
        """Return our name, the parameter and its kind, for every parameter."""
        found = []
        for layer, module in self.named_children():
            kinds = KINDS.get(type(module), ("kernel", "bias"))
            for kind, parameter in zip(kinds, module.parameters(), strict=False):
                found.append((f"{layer}_{kind}", parameter, kind))
        return found


def turned(tensor: Tensor, kind: str, *, back: bool = False) -> Tensor:
    """Return a copy of a weight in PyTorch's layout, or `back` in ours."""
    if kind == "kernel" and tensor.ndim == 4:
        tensor = tensor.permute(2, 3, 1, 0) if back else tensor.permute(3, 2, 0, 1)
    elif kind == "kernel":
        tensor = tensor.T
    return tensor.clone(memory_format=torch.contiguous_format)
