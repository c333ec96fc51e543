"""Gradients in NumPy, one rule for each operation: what trains the network on the digits without any framework.

Where there is no rule, there is no training in NumPy. The frameworks' gradients are judged by the forward pass alone
(`probes.slopes`), not by these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from probes.arrays import Array, Weights
from probes.networks import evaluation
from probes.networks.definition import Network, Node
from probes.networks.operations import margins

Found = dict[str, Array]
# The gradients of an operation's weights by kind, and those of its inputs.
Sent = tuple[Found, list[Array]]


class Step(NamedTuple):
    """An operation on the way back: its node, weights, inputs and result, and the gradient of that."""

    node: Node
    own: Weights
    inputs: Sequence[Array]
    result: Array
    g: Array


Rule = Callable[[Step], Sent]


def of_weights(network: Network, weights: Weights, values: Mapping[str, Array], upstream: Array) -> Found:
    """Return the gradient with respect to every weight, from the one with respect to the first output.

    Parameters
    ----------
    values : mapping
        What every input and node is, as of `probes.networks.evaluation.values`.

    Raises
    ------
    ValueError
        For an operation that has no rule here.
    """
    found: Found = {}
    reached: dict[str, Array] = {network.outputs[0]: upstream}
    for node in reversed(network.nodes):
        if node.id not in reached:
            continue
        if node.op not in RULES:
            raise ValueError(f"NumPy has no gradient of {node.op!r} here")
        own = {kind: weights[f"{node.id}_{kind}"] for kind in node.outcome.weights}
        result = values[node.id]
        through = reached.pop(node.id) * _slope(node.attrs.get("activation"), result)
        gradients, sent = RULES[node.op](Step(node, own, [values[name] for name in node.inputs], result, through))
        found |= {f"{node.id}_{kind}": gradient for kind, gradient in gradients.items()}
        for name, gradient in zip(node.inputs, sent, strict=True):
            if not network.reads(name):
                reached[name] = reached[name] + gradient if name in reached else gradient
    return {name: found[name] for name in network.weights()}


def _slope(kind: str | None, result: Array) -> Any:
    """Return the derivative of an activation, from its result."""
    match kind:
        case None:
            return 1
        case "relu":
            return result > 0
        case "tanh":
            return 1 - result**2
        case "sigmoid":
            return result * (1 - result)
        case _:
            raise ValueError(f"NumPy has no gradient of {kind!r} here")


def _dense(at: Step) -> Sent:
    (x,), own, g = at.inputs, at.own, at.g
    rows, flat = x.reshape(-1, x.shape[-1]), g.reshape(-1, g.shape[-1])
    found = {"kernel": rows.T @ flat} | ({"bias": flat.sum(axis=0)} if "bias" in own else {})
    return found, [evaluation.product(g, own["kernel"].T)]


def _conv(at: Step) -> Sent:
    (x,), kernel, attrs, g = at.inputs, at.own["kernel"], at.node.attrs, at.g
    if attrs["groups"] != 1:
        raise ValueError("NumPy has no gradient of a convolution in groups here")
    windows = evaluation.windows_of(x, attrs)
    flat = g.reshape(-1, g.shape[-1])
    patches = windows.transpose(0, 1, 2, 4, 5, 3).reshape(len(flat), -1)
    found = {"kernel": (patches.T @ flat).reshape(kernel.shape)} | (
        {"bias": flat.sum(axis=0)} if "bias" in at.own else {}
    )
    return found, [_spread(x, attrs, lambda row, column: g @ kernel[row, column].T)]


def _spread(x: Array, attrs: Mapping[str, Any], part: Callable[[int, int], Array]) -> Array:
    """Return what windows send back to an image: `part` is what comes from their place of a row and a column."""
    kernel, stride = attrs["kernel"], attrs["stride"] or attrs["kernel"]
    sides = [margins(x.shape[1 + axis], kernel[axis], stride[axis], attrs["padding"]) for axis in (0, 1)]
    whole = np.zeros((len(x), *(x.shape[1 + axis] + sum(sides[axis]) for axis in (0, 1)), x.shape[3]), x.dtype)
    for row, column in np.ndindex(*kernel):
        sent = part(row, column)
        high, wide = (stride[axis] * (sent.shape[1 + axis] - 1) + 1 for axis in (0, 1))
        whole[:, row : row + high : stride[0], column : column + wide : stride[1]] += sent
    return whole[:, sides[0][0] : sides[0][0] + x.shape[1], sides[1][0] : sides[1][0] + x.shape[2]]


def _max_pool(at: Step) -> Sent:
    """Send the gradient to the first largest value of each window."""
    (x,), attrs, g = at.inputs, at.node.attrs, at.g
    windows = evaluation.windows_of(x, attrs, filling=-np.inf)
    first = windows.reshape(*windows.shape[:4], -1).argmax(axis=-1)
    width = attrs["kernel"][1]
    return {}, [_spread(x, attrs, lambda row, column: g * (first == row * width + column))]


def _layer_norm(at: Step) -> Sent:
    (x,), own, g = at.inputs, at.own, at.g
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = 1 / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + x.dtype.type(at.node.attrs["epsilon"]))
    standard, rows, inner = centred * spread, tuple(range(g.ndim - 1)), g * own["scale"]
    mean, along = inner.mean(axis=-1, keepdims=True), (inner * standard).mean(axis=-1, keepdims=True)
    found = {"scale": (g * standard).sum(axis=rows), "shift": g.sum(axis=rows)}
    return found, [spread * (inner - mean - standard * along)]


def _affine(at: Step) -> Sent:
    rows = tuple(range(at.g.ndim - 1))
    return {"scale": (at.g * at.inputs[0]).sum(axis=rows), "shift": at.g.sum(axis=rows)}, [at.g * at.own["scale"]]


def _activation(at: Step) -> Sent:
    return {}, [at.g * _slope(at.node.attrs["kind"], at.result)]


def _average(at: Step) -> Sent:
    shape = at.inputs[0].shape
    count = int(np.prod(shape[1:-1]))
    return {}, [np.broadcast_to(at.g.reshape(len(at.g), *(1 for _ in shape[1:-1]), -1) / at.g.dtype.type(count), shape)]


def _flatten(at: Step) -> Sent:
    return {}, [at.g.reshape(at.inputs[0].shape)]


def _add(at: Step) -> Sent:
    return {}, [at.g for _ in at.inputs]


def _concat(at: Step) -> Sent:
    axis = 1 if at.node.attrs["along"] == "steps" else -1
    return {}, np.split(at.g, np.cumsum([each.shape[axis] for each in at.inputs])[:-1], axis=axis)


def _select(at: Step) -> Sent:
    sent = np.zeros(at.inputs[0].shape, at.g.dtype)
    sent[:, at.node.attrs["index"]] = at.g
    return {}, [sent]


def _embedding(at: Step) -> Sent:
    found = np.zeros_like(at.own["table"])
    np.add.at(found, at.inputs[0], at.g)
    return {"table": found}, [np.zeros_like(at.inputs[0])]


def _self_attention(at: Step) -> Sent:
    (x,), heads, own, g = at.inputs, at.node.attrs["heads"], at.own, at.g
    found: Found = {}

    def split(array: Array) -> Array:
        return array.reshape(len(array), array.shape[1], heads, -1).swapaxes(1, 2)

    def join(array: Array) -> Array:
        return array.swapaxes(1, 2).reshape(x.shape)

    def back(part: str, read: Array, upstream: Array) -> Array:
        """Put the gradients of a projection into `found`, and return that of what it read."""
        flat = upstream.reshape(-1, upstream.shape[-1])
        found[f"{part}_kernel"], found[f"{part}_bias"] = read.reshape(-1, read.shape[-1]).T @ flat, flat.sum(axis=0)
        return evaluation.product(upstream, own[f"{part}_kernel"].T)

    parts = [evaluation.product(x, own[f"{part}_kernel"]) + own[f"{part}_bias"] for part in ("query", "key", "value")]
    query, key, value = map(split, parts)
    scale = x.dtype.type(query.shape[-1] ** -0.5)
    scores = query @ key.swapaxes(2, 3) * scale
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares = powers / powers.sum(axis=-1, keepdims=True)
    upstream = split(back("output", join(shares @ value), g))
    along = upstream @ value.swapaxes(2, 3)
    inner = shares * (along - (along * shares).sum(axis=-1, keepdims=True)) * scale
    sent = back("query", x, join(inner @ key)) + back("key", x, join(inner.swapaxes(2, 3) @ query))
    return found, [sent + back("value", x, join(shares.swapaxes(2, 3) @ upstream))]


def _lstm(at: Step) -> Sent:
    """Return the gradients of backpropagation through time."""
    (x,), own, g = at.inputs, at.own, at.g
    units = len(own["recurrent"])
    state = cell = np.zeros((len(x), units), x.dtype)
    entered, steps = evaluation.product(x, own["kernel"]) + own["bias"], []
    for step in range(x.shape[1]):
        gates = np.split(entered[:, step] + state @ own["recurrent"], 4, axis=1)
        i, f, o = (evaluation.activated(gates[index], "sigmoid") for index in (0, 1, 3))
        candidate, before, was = np.tanh(gates[2]), cell, state
        cell = f * before + i * candidate
        state = o * np.tanh(cell)
        steps.append((was, before, np.tanh(cell), i, f, candidate, o))
    found = {kind: np.zeros_like(own[kind]) for kind in ("kernel", "recurrent", "bias")}
    whole, sequences = np.zeros_like(x), at.node.attrs["sequences"]
    upstream, carried = np.zeros_like(state) if sequences else g, np.zeros_like(state)
    for step in reversed(range(x.shape[1])):
        was, before, squashed, i, f, candidate, o = steps[step]
        upstream = upstream + g[:, step] if sequences else upstream
        carried = carried + upstream * o * (1 - squashed**2)
        inner = np.concatenate(
            [
                carried * candidate * i * (1 - i),
                carried * before * f * (1 - f),
                carried * i * (1 - candidate**2),
                upstream * squashed * o * (1 - o),
            ],
            axis=1,
        )
        found["kernel"] += x[:, step].T @ inner
        found["recurrent"] += was.T @ inner
        found["bias"] += inner.sum(axis=0)
        whole[:, step] = inner @ own["kernel"].T
        upstream, carried = inner @ own["recurrent"].T, carried * f
    return found, [whole]


RULES: dict[str, Rule] = {
    "dense": _dense,
    "conv": _conv,
    "max-pool": _max_pool,
    "layer-norm": _layer_norm,
    "affine": _affine,
    "activation": _activation,
    "global-average": _average,
    "flatten": _flatten,
    "add": _add,
    "concat": _concat,
    "select": _select,
    "embedding": _embedding,
    "self-attention": _self_attention,
    "lstm": _lstm,
}
