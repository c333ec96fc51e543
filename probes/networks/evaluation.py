"""The forward pass of a network in NumPy, to be read beside the mathematics: in float64 it is the referee.

The arithmetic follows the dtype of the weights. Images are N×height×width×channel, kernels height×width×in×out;
products of three dimensions are computed as two, which NumPy does two to three times faster.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from probes.arrays import Array, Weights, float_type
from probes.networks.definition import Network, Node
from probes.networks.operations import margins

_ERF = np.vectorize(math.erf, otypes=[np.float64])


def outputs(network: Network, weights: Weights, inputs: Mapping[str, Array], *, training: bool = False) -> list[Array]:
    """Return every output of a batch; in `training` batch normalisation takes the statistics of this very batch."""
    found = _values(network, weights, inputs, training=training)[0]
    return [found[name] for name in network.outputs]


def values(network: Network, weights: Weights, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Return what every input and node is."""
    return _values(network, weights, inputs, training=False, all_of_them=True)[0]


def statistics(network: Network, weights: Weights, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Return mean and variance of what every batch normalisation sees of a batch."""
    return _values(network, weights, inputs, training=True)[1]


def _values(
    network: Network, weights: Weights, inputs: Mapping[str, Array], *, training: bool, all_of_them: bool = False
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return what every output (or all) is, and the statistics that batch normalisation took."""
    dtype = float_type(weights) if weights else np.dtype(np.float64)
    values = {
        name: array.astype(dtype) if np.issubdtype(array.dtype, np.floating) else array
        for name, array in inputs.items()
    }
    seen: dict[str, Array] = {}
    last = {} if all_of_them else _last_use(network)
    for index, node in enumerate(network.nodes):
        own = {kind: weights[f"{node.id}_{kind}"] for kind in node.outcome.weights}
        if node.op == "batch-norm" and training:
            x = values[node.inputs[0]]
            rows = tuple(range(x.ndim - 1))
            own |= {"mean": x.mean(axis=rows), "variance": x.var(axis=rows)}
            seen |= {f"{node.id}_mean": own["mean"], f"{node.id}_variance": own["variance"]}
        if node.op == "unembedding":
            own["table"] = weights[f"{node.attrs['table']}_table"]
        values[node.id] = _computed(node, own, [values[name] for name in node.inputs])
        # Of a deep network at a large batch, what nobody reads any more would fill the memory.
        for name in {name for name in node.inputs if last.get(name) == index}:
            del values[name]
    return values, seen


def _last_use(network: Network) -> dict[str, int]:
    """Return the index of the last node that reads a value; what is an output is wanted for ever."""
    found = {name: index for index, node in enumerate(network.nodes) for name in node.inputs}
    return found | dict.fromkeys(network.outputs, len(network.nodes))


def _computed(node: Node, own: Weights, inputs: Sequence[Array]) -> Any:
    x, attrs = inputs[0], node.attrs
    match node.op:
        case "dense":
            return activated(product(x, own["kernel"]) + own.get("bias", 0), attrs["activation"])
        case "conv":
            return activated(_convolved(x, own["kernel"], attrs) + own.get("bias", 0), attrs["activation"])
        case "depthwise":
            return activated(_depthwise(x, own["kernel"], attrs) + own.get("bias", 0), attrs["activation"])
        case "conv-transpose":
            return activated(_transposed(x, own["kernel"]) + own.get("bias", 0), attrs["activation"])
        case "batch-norm":
            scale = own["scale"] / np.sqrt(own["variance"] + x.dtype.type(attrs["epsilon"]))
            return x * scale + (own["shift"] - own["mean"] * scale)
        case "layer-norm":
            return _standardised(x, attrs["epsilon"]) * own["scale"] + own["shift"]
        case "affine":
            return x * own["scale"] + own["shift"]
        case "activation":
            return activated(x, attrs["kind"])
        case "max-pool":
            return _pooled(x, attrs)
        case "global-average":
            return x.mean(axis=tuple(range(1, x.ndim - 1)))
        case "flatten":
            return x.reshape(len(x), -1)
        case "add":
            return sum(inputs[1:], start=x)
        case "concat":
            return np.concatenate(inputs, axis=1 if attrs["along"] == "steps" else -1)
        case "embedding":
            return own["table"][x]
        case "position":
            start = attrs["start"]
            return x + own["table"][start : start + x.shape[1]]
        case "self-attention":
            parts = [product(x, own[f"{part}_kernel"]) + own[f"{part}_bias"] for part in ("query", "key", "value")]
            return product(attended(parts, attrs["heads"]), own["output_kernel"]) + own["output_bias"]
        case "attention":
            return attended(inputs, attrs["heads"])
        case "lstm":
            return _remembered(x, own, sequences=attrs["sequences"])
        case "select":
            return x[:, attrs["index"]]
        case "interaction":
            vectors = np.stack(inputs, axis=1)
            rows, columns = np.tril_indices(len(inputs), -1)
            return (vectors @ vectors.swapaxes(1, 2))[:, rows, columns]
        case "unembedding":
            return product(x, own["table"].T)
        case _:
            raise ValueError(f"the referee knows no operation {node.op!r}")


def product(x: Array, kernel: Array) -> Array:
    """Return x · kernel over the last axis."""
    result: Array = x.reshape(-1, x.shape[-1]) @ kernel
    return result.reshape(*x.shape[:-1], kernel.shape[-1])


def activated(x: Array, kind: str | None) -> Any:
    """Return an activation of `x`; None leaves it as it is."""
    match kind:
        case None:
            return x
        case "relu":
            return np.maximum(x, 0)
        case "relu6":
            return np.clip(x, 0, 6)
        case "sigmoid":
            return 0.5 * (1 + np.tanh(0.5 * x))
        case "tanh":
            return np.tanh(x)
        case "gelu":
            return (0.5 * x * (1 + _ERF(x / math.sqrt(2)))).astype(x.dtype)
        case "gelu-tanh":
            return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
        case _:
            raise ValueError(f"the referee knows no activation {kind!r}")


def attended(parts: Sequence[Array], heads: int) -> Array:
    """Return scaled dot-product attention of query, key and value, head by head (Vaswani et al. 2017)."""
    query, key, value = parts

    def split(x: Array) -> Array:
        return x.reshape(len(x), x.shape[1], heads, -1).swapaxes(1, 2)

    scores = split(query) @ split(key).swapaxes(2, 3) / math.sqrt(query.shape[2] // heads)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed: Array = (powers / powers.sum(axis=-1, keepdims=True)) @ split(value)
    return mixed.swapaxes(1, 2).reshape(query.shape)


def _standardised(x: Array, epsilon: float) -> Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    result: Array = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + x.dtype.type(epsilon))
    return result


def windows_of(x: Array, attrs: Mapping[str, Any], filling: float = 0.0) -> Array:
    """Return the windows of a batch of images: N×rows×columns×channel×kernel height×kernel width, a view."""
    kernel, stride = attrs["kernel"], attrs["stride"] or attrs["kernel"]
    sides = [margins(x.shape[1 + axis], kernel[axis], stride[axis], attrs["padding"]) for axis in (0, 1)]
    if any(map(any, sides)):
        x = np.pad(x, ((0, 0), *sides, (0, 0)), constant_values=filling)
    views = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(1, 2))
    return views[:, :: stride[0], :: stride[1]]


def _convolved(x: Array, kernel: Array, attrs: Mapping[str, Any]) -> Array:
    """Return a convolution: a matrix product over patches (im2col; Chellapilla, Puri, Simard 2006), group by group."""
    high, wide, _, filters = kernel.shape
    windows, groups = windows_of(x, attrs), attrs["groups"]
    parts = []
    for views, part in zip(np.split(windows, groups, axis=3), np.split(kernel, groups, axis=3), strict=True):
        patches = views.transpose(0, 1, 2, 4, 5, 3).reshape(-1, high * wide * views.shape[3])
        parts.append(patches @ part.reshape(-1, filters // groups))
    joined = parts[0] if groups == 1 else np.concatenate(parts, axis=1)
    return joined.reshape(*windows.shape[:3], filters)


def _depthwise(x: Array, kernel: Array, attrs: Mapping[str, Any]) -> Array:
    windows = windows_of(x, attrs)
    result = np.zeros(windows.shape[:4], x.dtype)
    for row, column in np.ndindex(*kernel.shape[:2]):
        result += windows[..., row, column] * kernel[row, column, :, 0]
    return result


def _transposed(x: Array, kernel: Array) -> Array:
    """Return a transposed convolution whose stride is its kernel: every pixel becomes a square."""
    n, high, wide, channels = x.shape
    scale, filters = kernel.shape[0], kernel.shape[3]
    spread = product(x, kernel.transpose(2, 0, 1, 3).reshape(channels, -1))
    squares = spread.reshape(n, high, wide, scale, scale, filters).transpose(0, 1, 3, 2, 4, 5)
    return squares.reshape(n, high * scale, wide * scale, filters)


def _pooled(x: Array, attrs: Mapping[str, Any]) -> Any:
    return windows_of(x, attrs, filling=-np.inf).max(axis=(4, 5))


def _remembered(x: Array, own: Weights, *, sequences: bool) -> Array:
    """Return the states of an LSTM, or the last one; the gates stand in the order input, forget, candidate, output.

    Hochreiter and Schmidhuber (1997) with the forget gate of Gers et al. (2000).
    """
    units = len(own["recurrent"])
    state = cell = np.zeros((len(x), units), x.dtype)
    entered, states = product(x, own["kernel"]) + own["bias"], []
    for step in range(x.shape[1]):
        gates = np.split(entered[:, step] + state @ own["recurrent"], 4, axis=1)
        i, f, o = (activated(gates[index], "sigmoid") for index in (0, 1, 3))
        cell = f * cell + i * np.tanh(gates[2])
        state = o * np.tanh(cell)
        states.append(state)
    return np.stack(states, axis=1) if sequences else state
