"""The workloads' networks in PyTorch, with the given weights: images are N×channel×height×width (NCHW)."""

from __future__ import annotations

import torch
from torch import Tensor, fx, nn

from probes.frameworks.pytorch import interpreter
from probes.networks import catalog
from probes.workloads import Array, Case, Weights


def mlp(weights: Weights) -> fx.GraphModule:
    """Return the MLP with a copy of `weights`."""
    return interpreter.build(catalog.load("mlp"), weights)


def cnn(weights: Weights) -> fx.GraphModule:
    """Return the CNN with a copy of `weights`."""
    return interpreter.build(catalog.load("cnn"), weights)


def build(case: Case, *, sparse: bool = False) -> fx.GraphModule:
    """Return the network of a case with a copy of its weights; `sparse` is about its embeddings' gradients."""
    return interpreter.build(case.network, case.weights, sparse=sparse)


def answer(case: Case) -> Array | dict[str, Array]:
    """Return PyTorch's own float32 answer to the inputs of a case; by name where there are several outputs."""
    with torch.no_grad():
        found = build(case).eval()(*feeds(case))
    if isinstance(found, tuple):
        return {name: each.numpy() for name, each in zip(case.network.outputs, found, strict=True)}
    logits: Array = found.numpy()
    return logits


def feeds(case: Case) -> tuple[Tensor, ...]:
    """Return a copy of every input of a case as a tensor in PyTorch's layout."""
    return tuple(map(natural, case.feeds.values()))


def array(answer: Tensor | tuple[Tensor, ...]) -> Array:
    """Return the first output as an array in the layout of `probes.workloads`."""
    first = answer[0] if isinstance(answer, tuple) else answer
    found: Array = (first.permute(0, 2, 3, 1) if first.ndim == 4 else first).numpy()
    return found


def natural(inputs: Array) -> Tensor:
    """Return a copy of `inputs` as a tensor in PyTorch's layout: NHWC becomes contiguous NCHW."""
    tensor = torch.tensor(inputs)
    if tensor.ndim == 4:
        # Not .contiguous(): with one channel it keeps strides that send every convolution down the channels-last path.
        tensor = tensor.permute(0, 3, 1, 2).clone(memory_format=torch.contiguous_format)
    return tensor


def channels_last(model: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[nn.Module, tuple[Tensor, ...]]:
    """Return model and images with the channel as the innermost dimension in memory, which suits processors."""
    if not pictured(inputs):
        return model, inputs
    last = tuple(each.to(memory_format=torch.channels_last) if each.ndim == 4 else each for each in inputs)
    return model.to(memory_format=torch.channels_last), last


def pictured(inputs: tuple[Tensor, ...]) -> bool:
    """Tell whether there are images among the inputs."""
    return any(each.ndim == 4 for each in inputs)


def like(inputs: Tensor, others: Tensor) -> Tensor:
    """Return `others` in the memory format of `inputs`."""
    last = inputs.ndim == 4 and inputs.is_contiguous(memory_format=torch.channels_last) and not inputs.is_contiguous()
    return others.to(memory_format=torch.channels_last) if last else others


def described(how: str, inputs: tuple[Tensor, ...]) -> str:
    """Return `how`, with the memory format where there is a choice of it."""
    return f"{how}, channels_last" if pictured(inputs) else how


def weights_of(model: fx.GraphModule) -> dict[str, Array]:
    """Return a copy of the model's weights in the layouts of `probes.workloads`."""
    return interpreter.weights_of(model)
