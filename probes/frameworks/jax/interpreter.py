"""A network as data becomes a module of Flax NNX: a layer of each node's name, and a forward pass over them.

Python walks over the nodes while JAX traces; what is compiled knows nothing of it. Every network is a class of its own,
so that what is static about it is no part of a module's state.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from probes.arrays import float_type
from probes.frameworks.jax import layers
from probes.networks.definition import Network, Node
from probes.networks.operations import margins
from probes.workloads import Array, Weights

ACTIVATIONS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "relu": nnx.relu,
    "relu6": nnx.relu6,
    "gelu": lambda x: nnx.gelu(x, approximate=False),
    "gelu-tanh": lambda x: nnx.gelu(x, approximate=True),
    "sigmoid": nnx.sigmoid,
    "tanh": nnx.tanh,
}
# Where a weight of ours lies in a layer of NNX.
_PLACES = {
    "batch-norm": {"scale": "scale", "shift": "bias", "mean": "mean", "variance": "var"},
    "layer-norm": {"scale": "scale", "shift": "bias"},
    "embedding": {"table": "embedding"},
    "lstm": {"kernel": "cell.dense_i.kernel", "recurrent": "cell.dense_h.kernel", "bias": "cell.dense_h.bias"},
    "self-attention": {
        f"{part}_{kind}": f"{name}.{kind}"
        for part, name in (("query", "query"), ("key", "key"), ("value", "value"), ("output", "out"))
        for kind in ("kernel", "bias")
    },
}


class Model(nnx.Module):
    """A network; its subclasses say which one."""

    network: ClassVar[Network]

    def __init__(self, dtype: Any, unroll: int, *, rngs: nnx.Rngs) -> None:
        for node in self.network.nodes:
            layer = _layer(self.network, node, unroll, {"param_dtype": dtype, "rngs": rngs})
            if layer is not None:
                setattr(self, attribute(node.id), layer)

    def __call__(self, *inputs: jax.Array) -> jax.Array | tuple[jax.Array, ...]:
        """Return the outputs, one or several; images are N×height×width×channel."""
        values = dict(zip((each.name for each in self.network.inputs), inputs, strict=True))
        for node in self.network.nodes:
            value = self._computed(node, [values[name] for name in node.inputs])
            kind = node.attrs.get("activation")
            values[node.id] = value if kind is None else ACTIVATIONS[kind](value)
        found = tuple(values[name] for name in self.network.outputs)
        return found if len(found) > 1 else found[0]

    def _computed(self, node: Node, inputs: Sequence[jax.Array]) -> jax.Array:
        x, attrs = inputs[0], node.attrs
        match node.op:
            case "activation":
                return ACTIVATIONS[attrs["kind"]](x)
            case "max-pool":
                strides = attrs["stride"] or attrs["kernel"]
                padding = _padding(node, self.network.shape(node.inputs[0]))
                return nnx.max_pool(x, window_shape=attrs["kernel"], strides=strides, padding=padding)
            case "global-average":
                return x.mean(axis=tuple(range(1, x.ndim - 1)))
            case "flatten":
                return x.reshape(x.shape[0], -1)
            case "add":
                return sum(inputs[1:], start=x)
            case "concat":
                return jnp.concatenate(inputs, axis=1 if attrs["along"] == "steps" else -1)
            case "attention":
                return layers.attended(inputs[0], inputs[1], inputs[2], heads=attrs["heads"])
            case "lstm":
                nothing = jnp.zeros((x.shape[0], attrs["units"]), x.dtype)
                states = self._of(node.id)(x, initial_carry=(nothing, nothing))
                return states if attrs["sequences"] else states[:, -1]
            case "select":
                return x[:, attrs["index"]]
            case "interaction":
                return layers.interactions(inputs)
            case "unembedding":
                return self._of(attrs["table"]).attend(x)
            case _:
                return self._of(node.id)(x)

    def _of(self, name: str) -> Any:
        return getattr(self, attribute(name))


def build(network: Network, weights: Weights, *, unroll: int = 1) -> Model:
    """Return the network with a copy of `weights`, in their precision, ready to infer.

    Parameters
    ----------
    unroll : int
        How many steps of an LSTM one turn of its loop computes.
    """
    name = "".join(part.capitalize() for part in network.id.split("-"))
    kind = types.new_class(name, (Model,), exec_body=lambda body: body.update(network=network))
    dtype = float_type(weights) if weights else np.float32
    # Only shapes: what a layer would draw itself is replaced at once.
    abstract = nnx.eval_shape(lambda: kind(dtype, unroll, rngs=nnx.Rngs(0)))
    graph, state = nnx.split(abstract)
    pure = nnx.to_pure_dict(state)
    for ours, path, node in _named(network):
        *parents, last = path
        place = reduce(lambda held, key: held[key], parents, pure)
        place[last] = jnp.asarray(_turned(node, weights[ours]).reshape(place[last].shape).copy())
    nnx.replace_by_pure_dict(state, pure)
    model = nnx.merge(graph, state)
    model.eval()
    return model


def weights_of(model: Model) -> dict[str, Array]:
    """Return a copy of the weights in the layouts of `probes.networks`."""
    return arrays_of(model.network, nnx.to_pure_dict(nnx.state(model)))


def arrays_of(network: Network, tree: Mapping[str, Any]) -> dict[str, Array]:
    """Return what a tree as of a model's state holds, such as gradients, by the names of the weights; copies."""
    shapes = network.weights()
    found = {}
    for ours, path, node in _named(network):
        held: Any = tree
        for key in path:
            held = held.get(key) if held is not None else None
        if held is not None:
            found[ours] = np.array(_turned(node, np.asarray(held)).reshape(shapes[ours]))
    return found


def attribute(name: str) -> str:
    """Return the name of a layer's attribute: some are taken by `nnx.Module` itself."""
    return f"{name}_" if hasattr(Model, name) else name


def _named(network: Network) -> Iterator[tuple[str, list[str], Node]]:
    """Yield our name of every weight, the path to NNX's variable, and the node."""
    for node in network.nodes:
        places = _PLACES.get(node.op, {})
        for kind in node.outcome.weights:
            yield f"{node.id}_{kind}", [attribute(node.id), *places.get(kind, kind).split(".")], node


def _turned(node: Node, array: Array) -> Array:
    """Return a weight in the other layout: a transposed convolution's kernel stands on its head in JAX.

    All others differ in how their dimensions are grouped, and not in their order.
    """
    return array[::-1, ::-1] if node.op == "conv-transpose" and array.ndim == 4 else array


def _layer(network: Network, node: Node, unroll: int, options: dict[str, Any]) -> nnx.Module | None:
    """Return the layer of a node, or None for what has no weights."""
    shape, attrs = network.shape(node.inputs[0]), node.attrs
    match node.op:
        case "dense":
            return nnx.Linear(shape[-1], attrs["units"], use_bias=attrs["bias"], **options)
        case "conv" | "depthwise":
            own = node.op == "depthwise"
            return nnx.Conv(
                shape[2], shape[2] if own else attrs["filters"], attrs["kernel"], attrs["stride"],
                padding=_padding(node, shape), feature_group_count=shape[2] if own else attrs["groups"],
                use_bias=attrs["bias"], **options,
            )  # fmt: skip
        case "conv-transpose":
            scale = (attrs["kernel"], attrs["kernel"])
            return nnx.ConvTranspose(shape[2], attrs["filters"], scale, scale, use_bias=attrs["bias"], **options)
        case "batch-norm":
            return nnx.BatchNorm(shape[-1], epsilon=attrs["epsilon"], **options)
        case "layer-norm":
            return nnx.LayerNorm(shape[-1], epsilon=attrs["epsilon"], **options)
        case "affine":
            return layers.Affine(shape[-1], **options)
        case "embedding":
            return nnx.Embed(attrs["rows"], attrs["width"], **options)
        case "position":
            return layers.Position(attrs["rows"], shape[-1], attrs["start"], **options)
        case "self-attention":
            return nnx.MultiHeadAttention(attrs["heads"], shape[-1], decode=False, keep_rngs=False, **options)
        case "lstm":
            cell = nnx.OptimizedLSTMCell(shape[-1], attrs["units"], **options)
            return nnx.RNN(cell, unroll=unroll, rngs=False)
        case _:
            return None


def _padding(node: Node, shape: tuple[int, ...]) -> str | list[tuple[int, int]]:
    """Return a window's padding: JAX has both words, and pairs of numbers for the rest."""
    attrs = node.attrs
    if attrs["padding"] in ("same", "valid"):
        return str(attrs["padding"]).upper()
    strides = attrs["stride"] or attrs["kernel"]
    return [margins(shape[axis], attrs["kernel"][axis], strides[axis], attrs["padding"]) for axis in (0, 1)]
