"""A network as data becomes a module of PyTorch: named layers, and a forward pass as straight code (torch.fx).

Every network is a class of its own with code of its own: torch.compile counts its recompilations by code object.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, fx, nn

from probes.frameworks.pytorch import layers
from probes.networks.definition import Network, Node
from probes.networks.operations import margins
from probes.workloads import Array, Weights

_MODULES = {"relu": nn.ReLU, "relu6": nn.ReLU6, "gelu": nn.GELU}
_FUNCTIONS = {"relu": F.relu, "relu6": F.relu6, "gelu": F.gelu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}
# Where a weight of ours lies in a layer of PyTorch.
_PLACES = {
    "batch-norm": {"scale": "weight", "shift": "bias", "mean": "running_mean", "variance": "running_var"},
    "layer-norm": {"scale": "weight", "shift": "bias"},
    "embedding": {"table": "weight"},
    "position": {"table": "table"},
    "lstm": {"kernel": "weight_ih_l0", "recurrent": "weight_hh_l0", "bias": "bias_ih_l0"},
    "self-attention": {
        f"{part}_{kind}": f"{part}.{name}"
        for part in ("query", "key", "value", "output")
        for kind, name in (("kernel", "weight"), ("bias", "bias"))
    },
}
_DENSE = {"kernel": "weight", "bias": "bias"}
# From our kernels, height×width×in×out, to PyTorch's.
_TURNS = {"conv": (3, 2, 0, 1), "depthwise": (2, 3, 0, 1), "conv-transpose": (2, 3, 0, 1)}


def build(network: Network, weights: Weights, *, sparse: bool = False) -> fx.GraphModule:
    """Return the network with a copy of `weights`; images go in as N×channel×height×width.

    Parameters
    ----------
    sparse : bool
        Whether the gradients of tables hold only the rows that a batch names.
    """
    writer = _Writer(network, sparse=sparse)
    # Without storage: what a layer would draw itself is replaced at once.
    with torch.device("meta"):
        for node in network.nodes:
            writer.write(node)
    name = "".join(part.capitalize() for part in network.id.split("-"))
    model = fx.GraphModule(writer.root, writer.finished(), class_name=name)
    model.meta["network"] = network
    load(model, weights)
    return model


def load(model: fx.GraphModule, weights: Weights) -> None:
    """Give the model a copy of `weights`."""
    state = {
        name: torch.zeros((), dtype=torch.int64) if name.endswith("num_batches_tracked") else torch.zeros(held.shape)
        for name, held in model.state_dict().items()
        if name.endswith(("num_batches_tracked", "bias_hh_l0"))
    }
    for ours, theirs, turn in _named(model.meta["network"]):
        state[theirs] = turn(torch.tensor(weights[ours]), back=False).clone(memory_format=torch.contiguous_format)
    # Keyed by name: what a table is shared with keeps sharing it.
    model.load_state_dict(state, assign=True)


def weights_of(model: fx.GraphModule) -> dict[str, Array]:
    """Return a copy of the weights in the layouts of `probes.networks`."""
    return _arrays(model, model.state_dict())


def gradients_of(model: fx.GraphModule) -> dict[str, Array]:
    """Return a copy of the gradients, by the names of the weights; zeros where there is none."""
    found = {name: parameter.grad for name, parameter in model.named_parameters()}
    zeros = {name: torch.zeros_like(held) for name, held in model.state_dict().items()}
    return _arrays(model, {name: zeros[name] if found.get(name) is None else found[name] for name in zeros})


def _arrays(model: fx.GraphModule, state: dict[str, Tensor]) -> dict[str, Array]:
    found = {}
    for ours, theirs, turn in _named(model.meta["network"]):
        held = state[theirs].detach()
        dense = held.to_dense() if held.is_sparse else held
        found[ours] = turn(dense, back=True).clone(memory_format=torch.contiguous_format).numpy()
    return found


class _Turn:
    """The way of one weight into PyTorch's layout, and back."""

    def __init__(self, node: Node, kind: str, image: tuple[int, ...] | None) -> None:
        self._order = _TURNS.get(node.op, (1, 0)) if "kernel" in kind or kind == "recurrent" else None
        # Where an image was flattened, ours runs through height, width, channel, and PyTorch's through channel first.
        self._image = image if kind == "kernel" else None

    def __call__(self, tensor: Tensor, *, back: bool) -> Tensor:
        if self._order is None:
            return tensor
        if back:
            tensor = tensor.permute(*(self._order.index(axis) for axis in range(len(self._order))))
        if self._image is not None:
            high, wide, channels = self._image
            split = (channels, high, wide, -1) if back else (high, wide, channels, -1)
            order = (1, 2, 0, 3) if back else (2, 0, 1, 3)
            tensor = tensor.reshape(split).permute(order).reshape(high * wide * channels, -1)
        return tensor if back else tensor.permute(*self._order)


def _named(network: Network) -> Iterator[tuple[str, str, _Turn]]:
    """Yield our name, PyTorch's and the way between them, for every weight."""
    for node in network.nodes:
        for kind in node.outcome.weights:
            image = None
            source = next((each for each in network.nodes if each.id == node.inputs[0]), None)
            if source is not None and source.op == "flatten" and len(network.shape(source.inputs[0])) == 3:
                image = network.shape(source.inputs[0])
            places = _PLACES.get(node.op, _DENSE)
            name = attribute(node.id)
            theirs = f"{name}_{kind}" if node.op == "affine" else f"{name}.{places[kind]}"
            yield f"{node.id}_{kind}", theirs, _Turn(node, kind, image)


def attribute(name: str) -> str:
    """Return the name of a layer's attribute: some are taken by `torch.nn.Module` itself."""
    return f"{name}_" if hasattr(nn.Module, name) or name in ("training", "meta", "graph", "code") else name


class _Writer:
    """Writes nodes as layers and as lines of the forward pass."""

    def __init__(self, network: Network, *, sparse: bool) -> None:
        self.root = nn.Module()
        self._network, self._sparse = network, sparse
        self._graph = fx.Graph()
        self._values = {each.name: self._graph.placeholder(each.name) for each in network.inputs}
        self._readers = [name for node in network.nodes for name in node.inputs] + list(network.outputs)

    def finished(self) -> fx.Graph:
        """Return the graph with its outputs."""
        found = tuple(self._values[name] for name in self._network.outputs)
        self._graph.output(found if len(found) > 1 else found[0])
        return self._graph

    def write(self, node: Node) -> None:
        """Write one node."""
        inputs = [self._values[name] for name in node.inputs]
        value = self._written(node, inputs)
        activation = node.attrs.get("activation")
        if activation is not None:
            value = self._activated(activation, value)
        self._values[node.id] = value

    def _written(self, node: Node, inputs: Sequence[fx.Node]) -> fx.Node:
        shape, attrs, x = self._network.shape(node.inputs[0]), node.attrs, inputs[0]
        match node.op:
            case "dense":
                return self._layer(node, nn.Linear(shape[-1], attrs["units"], bias=attrs["bias"]), x)
            case "conv" | "depthwise":
                return self._convolved(node, shape, x)
            case "conv-transpose":
                scale = attrs["kernel"]
                layer = nn.ConvTranspose2d(shape[2], attrs["filters"], scale, stride=scale, bias=attrs["bias"])
                return self._layer(node, layer, x)
            case "batch-norm":
                kind = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
                return self._layer(node, kind(shape[-1], eps=attrs["epsilon"]), x)
            case "layer-norm":
                return self._layer(node, nn.LayerNorm(shape[-1], eps=attrs["epsilon"]), x)
            case "affine":
                scale, shift = (self._parameter(node, kind, shape[-1]) for kind in ("scale", "shift"))
                return self._call(operator.add, self._call(operator.mul, x, scale), shift)
            case "activation":
                return self._activation(node, x)
            case "max-pool":
                return self._pooled(node, shape, x)
            case "global-average":
                return self._layer(node, layers.GlobalAverage(), x)
            case "flatten":
                return self._call(torch.flatten, x, 1)
            case "add":
                total = x
                for other in inputs[1:]:
                    total = self._call(operator.add, total, other)
                return total
            case "concat":
                # Channels of images and steps of sequences are dimension 1, values the last one.
                axis = 1 if attrs["along"] == "steps" or len(shape) == 3 else -1
                return self._call(torch.cat, list(inputs), axis)
            case "embedding":
                table = torch.empty(attrs["rows"], attrs["width"])
                layer = nn.Embedding.from_pretrained(table, freeze=False, sparse=self._sparse)
                return self._layer(node, layer, x)
            case "position":
                return self._layer(node, layers.Position(attrs["rows"], shape[-1], attrs["start"]), x)
            case "self-attention":
                return self._layer(node, layers.SelfAttention(shape[-1], attrs["heads"]), x)
            case "attention":
                return self._layer(node, layers.Attention(attrs["heads"]), *inputs)
            case "lstm":
                return self._remembered(node, shape, x)
            case "select":
                return self._call(operator.getitem, x, (slice(None), attrs["index"]))
            case "interaction":
                return self._layer(node, layers.Interaction(len(inputs)), list(inputs))
            case "unembedding":
                return self._call(F.linear, x, self._graph.get_attr(f"{attribute(attrs['table'])}.weight"))
            case _:
                raise ValueError(f"no operation of PyTorch is known for {node.op!r}")

    def _layer(self, node: Node, layer: nn.Module, *inputs: object) -> fx.Node:
        name = attribute(node.id)
        self.root.add_module(name, layer)
        return self._graph.call_module(name, inputs)

    def _parameter(self, node: Node, kind: str, size: int) -> fx.Node:
        name = f"{attribute(node.id)}_{kind}"
        self.root.register_parameter(name, nn.Parameter(torch.empty(size)))
        return self._graph.get_attr(name)

    def _call(self, function: object, *arguments: object, **options: object) -> fx.Node:
        return self._graph.call_function(function, arguments, options)

    def _activated(self, kind: str, x: fx.Node) -> fx.Node:
        return self._call(F.gelu, x, approximate="tanh") if kind == "gelu-tanh" else self._call(_FUNCTIONS[kind], x)

    def _activation(self, node: Node, x: fx.Node) -> fx.Node:
        kind = node.attrs["kind"]
        if kind not in _MODULES:
            return self._activated(kind, x)
        # As the models that people ship do where nothing else reads what comes in.
        alone = self._readers.count(node.inputs[0]) == 1 and not self._network.reads(node.inputs[0])
        layer = _MODULES[kind](**({"inplace": True} if alone and kind != "gelu" else {}))
        return self._layer(node, layer, x)

    def _convolved(self, node: Node, shape: tuple[int, ...], x: fx.Node) -> fx.Node:
        attrs = node.attrs
        filters = shape[2] if node.op == "depthwise" else attrs["filters"]
        groups = shape[2] if node.op == "depthwise" else attrs["groups"]
        x, padding = self._padded(node, shape, x)
        layer = nn.Conv2d(
            shape[2], filters, attrs["kernel"], attrs["stride"], padding, groups=groups, bias=attrs["bias"]
        )
        return self._layer(node, layer, x)

    def _pooled(self, node: Node, shape: tuple[int, ...], x: fx.Node) -> fx.Node:
        x, padding = self._padded(node, shape, x, filling=-torch.inf)
        return self._layer(node, nn.MaxPool2d(node.attrs["kernel"], node.attrs["stride"] or None, padding), x)

    def _padded(
        self, node: Node, shape: tuple[int, ...], x: fx.Node, filling: float = 0.0
    ) -> tuple[fx.Node, tuple[int, int]]:
        """Return what a window reads and its own padding; only what is uneven needs a layer before it."""
        attrs = node.attrs
        strides = attrs["stride"] or attrs["kernel"]
        above, aside = (margins(shape[axis], attrs["kernel"][axis], strides[axis], attrs["padding"]) for axis in (0, 1))
        if above[0] == above[1] and aside[0] == aside[1]:
            return x, (above[0], aside[0])
        return self._call(F.pad, x, (*aside, *above), value=filling), (0, 0)

    def _remembered(self, node: Node, shape: tuple[int, ...], x: fx.Node) -> fx.Node:
        layer = nn.LSTM(shape[-1], node.attrs["units"], batch_first=True)
        # PyTorch adds two biases (cuDNN has two); with both in training, their sum would move twice as far.
        layer.bias_hh_l0.requires_grad_(False)
        states = self._call(operator.getitem, self._layer(node, layer, x), 0)
        return states if node.attrs["sequences"] else self._call(operator.getitem, states, (slice(None), -1))
