"""The workloads' networks in PyTorch, with the given weights: images are N×channel×height×width (NCHW)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from probes.frameworks.pytorch.networks.cnn import Cnn
from probes.frameworks.pytorch.networks.lstm import Lstm
from probes.frameworks.pytorch.networks.mlp import Mlp
from probes.frameworks.pytorch.networks.network import Network
from probes.frameworks.pytorch.networks.recommender import Recommender
from probes.frameworks.pytorch.networks.tiny import Tiny
from probes.frameworks.pytorch.networks.transformer import Transformer
from probes.workloads import Array, Case, Weights

NETWORKS: dict[str, type[Network]] = {
    "mlp": Mlp,
    "cnn": Cnn,
    "lstm": Lstm,
    "transformer": Transformer,
    "recommender": Recommender,
    "tiny": Tiny,
}


def mlp(weights: Weights) -> Mlp:
    """Return the MLP with a copy of `weights`."""
    return Mlp().load(weights)


def cnn(weights: Weights) -> Cnn:
    """Return the CNN with a copy of `weights`."""
    return Cnn().load(weights)


def build(case: Case) -> Network:
    """Return the network of a case with a copy of its weights."""
    return NETWORKS[case.workload]().load(case.weights)


def answer(case: Case) -> Array:
    """Return PyTorch's own float32 answer to the inputs of a case."""
    with torch.no_grad():
        logits: Array = build(case).eval()(natural(case.inputs)).numpy()
    return logits


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


def like(inputs: Tensor, others: Tensor) -> Tensor:
    """Return `others` in the memory format of `inputs`."""
    last = inputs.ndim == 4 and inputs.is_contiguous(memory_format=torch.channels_last) and not inputs.is_contiguous()
    return others.to(memory_format=torch.channels_last) if last else others


def described(how: str, inputs: Tensor) -> str:
    """Return `how`, with the memory format where there is a choice of it."""
    return f"{how}, channels_last" if inputs.ndim == 4 else how


def weights_of(model: Network) -> dict[str, Array]:
    """Return a copy of the model's weights in the layouts of `probes.workloads`."""
    return model.weights()
