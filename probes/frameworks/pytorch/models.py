"""The workloads' networks in PyTorch, with the given weights: images are N×channel×height×width (NCHW)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from probes.workloads import Array, Case, Weights


class Mlp(nn.Module):
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


class Cnn(nn.Module):
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


def mlp(weights: Weights) -> Mlp:
    """Return the MLP with a copy of `weights`."""
    return _load(Mlp(), weights)


def cnn(weights: Weights) -> Cnn:
    """Return the CNN with a copy of `weights`."""
    return _load(Cnn(), weights)


def build(case: Case) -> nn.Module:
    """Return the network of a case with a copy of its weights."""
    return {"mlp": mlp, "cnn": cnn}[case.workload](case.weights)


def natural(inputs: Array) -> Tensor:
    """Return a copy of `inputs` as a tensor in PyTorch's layout: NHWC becomes contiguous NCHW."""
    tensor = torch.tensor(inputs)
    if tensor.ndim == 4:
        # Not .contiguous(): with one channel it keeps strides that send every convolution down the channels-last path.
        tensor = tensor.permute(0, 3, 1, 2).clone(memory_format=torch.contiguous_format)
    return tensor


def channels_last(model: nn.Module, inputs: Tensor) -> tuple[nn.Module, Tensor]:
    """Return model and images with the channel as the innermost dimension in memory, which suits processors."""
    if inputs.ndim != 4:
        return model, inputs
    return model.to(memory_format=torch.channels_last), inputs.to(memory_format=torch.channels_last)


def described(how: str, inputs: Tensor) -> str:
    """Return `how`, with the memory format where there is a choice of it."""
    return f"{how}, channels_last" if inputs.ndim == 4 else how


def weights_of(model: nn.Module) -> dict[str, Array]:
    """Return a copy of the model's weights in the layouts of `probes.workloads`."""
    weights: dict[str, Array] = {}
    for name, parameter in model.named_parameters():
        layer, kind = name.split(".")
        array = parameter.detach().clone()
        if kind == "bias":
            weights[f"{layer}_bias"] = array.numpy()
        elif array.ndim == 4:
            weights[f"{layer}_kernel"] = array.permute(2, 3, 1, 0).contiguous().numpy()
        elif _follows_flatten(model, layer):
            weights[f"{layer}_kernel"] = array.reshape(-1, 32, 8, 8).permute(2, 3, 1, 0).reshape(2048, -1).numpy()
        else:
            weights[f"{layer}_kernel"] = array.T.contiguous().numpy()
    return weights


def _load(model: nn.Module, weights: Weights) -> nn.Module:
    """Copy `weights` into the model, in PyTorch's layouts: OIHW, out×in, flattened through channel, height, width."""
    state = {}
    for name, array in weights.items():
        layer, kind = name.rsplit("_", 1)
        tensor = torch.tensor(array)
        if kind == "bias":
            state[f"{layer}.bias"] = tensor
        elif tensor.ndim == 4:
            state[f"{layer}.weight"] = tensor.permute(3, 2, 0, 1)
        elif _follows_flatten(model, layer):
            state[f"{layer}.weight"] = tensor.reshape(8, 8, 32, -1).permute(3, 2, 0, 1).reshape(-1, 2048)
        else:
            state[f"{layer}.weight"] = tensor.T
    model.load_state_dict(state)
    return model


def _follows_flatten(model: nn.Module, layer: str) -> bool:
    return isinstance(model, Cnn) and layer == "dense1"
