"""A network as data becomes a Keras model of its functional API, on whichever backend Keras has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import keras
from keras import KerasTensor, layers

from probes.frameworks.keras.layers import Affine, Attention, Interaction, Position, Unembedding, gelu_tanh
from probes.networks.definition import Network, Node
from probes.networks.operations import margins
from probes.workloads import Array, Weights

# Our kinds of a layer's weights, in the order in which Keras has them.
_ORDER = {
    "lstm": ("kernel", "recurrent", "bias"),
    "batch-norm": ("scale", "shift", "mean", "variance"),
    "layer-norm": ("scale", "shift"),
    "affine": ("scale", "shift"),
}


def build(network: Network, weights: Weights) -> keras.Model:
    """Return the network with a copy of `weights`; images go in as N×height×width×channel."""
    usual = keras.config.floatx()
    inputs = {
        each.name: keras.Input(each.shape, dtype=usual if each.dtype == "float32" else each.dtype, name=each.name)
        for each in network.inputs
    }
    values = dict(inputs)
    tables: dict[str, layers.Embedding] = {}
    for node in network.nodes:
        values[node.id] = _written(network, node, [values[name] for name in node.inputs], tables)
    outputs = [values[name] for name in network.outputs]
    given = inputs if len(inputs) > 1 else next(iter(inputs.values()))
    model = keras.Model(given, outputs if len(outputs) > 1 else outputs[0], name=network.id.replace("-", "_"))
    model.network = network
    load(model, weights)
    return model


def load(model: keras.Model, weights: Weights) -> None:
    """Give the model a copy of `weights`."""
    for node, layer, names in _named(model):
        given = [_turned(node, weights[name]) for name in names]
        layer.set_weights([array.reshape(held.shape) for array, held in zip(given, layer.weights, strict=True)])


def weights_of(model: keras.Model) -> dict[str, Array]:
    """Return a copy of the weights in the layouts of `probes.networks`."""
    shapes = model.network.weights()
    found = {}
    for node, layer, names in _named(model):
        for name, array in zip(names, layer.get_weights(), strict=True):
            found[name] = _turned(node, array).reshape(shapes[name]).copy()
    return found


def arrays_of(model: keras.Model, values: Sequence[object]) -> dict[str, Array]:
    """Return arrays that stand in the order of ``model.trainable_variables`` by the names of the weights."""
    shapes = model.network.weights()
    named = {
        id(held): (node, name)
        for node, layer, names in _named(model)
        for held, name in zip(layer.weights, names, strict=True)
    }
    found = {}
    for variable, value in zip(model.trainable_variables, values, strict=True):
        node, name = named[id(variable)]
        found[name] = _turned(node, keras.ops.convert_to_numpy(value)).reshape(shapes[name]).copy()
    return found


def _named(model: keras.Model) -> Iterator[tuple[Node, keras.Layer, list[str]]]:
    """Yield every node that has weights, its layer, and our names of its weights in Keras's order."""
    for node in model.network.nodes:
        kinds = [kind for kind in _ORDER.get(node.op, node.outcome.weights) if kind in node.outcome.weights]
        if kinds:
            yield node, model.get_layer(node.id), [f"{node.id}_{kind}" for kind in kinds]


def _turned(node: Node, array: Array) -> Array:
    """Return a weight in the other layout: a transposed convolution has its filters before its channels in Keras."""
    return array.swapaxes(2, 3) if node.op == "conv-transpose" and array.ndim == 4 else array


def _written(
    network: Network, node: Node, inputs: Sequence[KerasTensor], tables: dict[str, layers.Embedding]
) -> KerasTensor:
    shape, attrs, x, name = network.shape(node.inputs[0]), node.attrs, inputs[0], node.id
    activation = _activation(attrs.get("activation"))
    match node.op:
        case "dense":
            return layers.Dense(attrs["units"], activation, use_bias=attrs["bias"], name=name)(x)
        case "conv":
            x, padding = _padded(node, shape, x)
            return layers.Conv2D(
                attrs["filters"], attrs["kernel"], attrs["stride"], padding, groups=attrs["groups"],
                activation=activation, use_bias=attrs["bias"], name=name,
            )(x)  # fmt: skip
        case "depthwise":
            x, padding = _padded(node, shape, x)
            return layers.DepthwiseConv2D(
                attrs["kernel"], attrs["stride"], padding, activation=activation, use_bias=attrs["bias"], name=name
            )(x)
        case "conv-transpose":
            scale = attrs["kernel"]
            return layers.Conv2DTranspose(
                attrs["filters"], scale, scale, activation=activation, use_bias=attrs["bias"], name=name
            )(x)
        case "batch-norm":
            return layers.BatchNormalization(epsilon=attrs["epsilon"], name=name)(x)
        case "layer-norm":
            return layers.LayerNormalization(epsilon=attrs["epsilon"], name=name)(x)
        case "affine":
            return Affine(name=name)(x)
        case "activation":
            if attrs["kind"] in ("relu", "relu6"):
                return layers.ReLU(6.0 if attrs["kind"] == "relu6" else None, name=name)(x)
            return layers.Activation(_activation(attrs["kind"]), name=name)(x)
        case "max-pool":
            # Keras can pad a pool with nothing but zeros, which stand below all that a ReLU lets through.
            x, padding = _padded(node, shape, x)
            return layers.MaxPooling2D(attrs["kernel"], attrs["stride"] or None, padding, name=name)(x)
        case "global-average":
            layer = layers.GlobalAveragePooling2D if len(shape) == 3 else layers.GlobalAveragePooling1D
            return layer(name=name)(x)
        case "flatten":
            return layers.Flatten(name=name)(x)
        case "add":
            return layers.Add(name=name)(inputs)
        case "concat":
            return layers.Concatenate(axis=1 if attrs["along"] == "steps" else -1, name=name)(inputs)
        case "embedding":
            tables[name] = layers.Embedding(attrs["rows"], attrs["width"], name=name)
            return tables[name](x)
        case "position":
            return Position(attrs["rows"], attrs["start"], name=name)(x)
        case "self-attention":
            heads = attrs["heads"]
            return layers.MultiHeadAttention(heads, shape[-1] // heads, name=name)(x, x)
        case "attention":
            return Attention(attrs["heads"], name=name)(*inputs)
        case "lstm":
            return layers.LSTM(attrs["units"], return_sequences=attrs["sequences"], name=name)(x)
        case "select":
            return x[:, attrs["index"]]
        case "interaction":
            return Interaction(name=name)(inputs)
        case "unembedding":
            return Unembedding(tables[attrs["table"]], name=name)(x)
        case _:
            raise ValueError(f"no layer of Keras is known for {node.op!r}")


def _activation(kind: str | None) -> object:
    return gelu_tanh if kind == "gelu-tanh" else kind


def _padded(node: Node, shape: tuple[int, ...], x: KerasTensor) -> tuple[KerasTensor, str]:
    """Return what a window reads and its own padding: a number of zeros needs a layer before it."""
    padding = node.attrs["padding"]
    if padding in ("same", "valid"):
        return x, padding
    strides = node.attrs["stride"] or node.attrs["kernel"]
    sides = [margins(shape[axis], node.attrs["kernel"][axis], strides[axis], padding) for axis in (0, 1)]
    # A stride of one keeps the size where the margin is half the kernel: that is Keras's own word for it.
    if strides == (1, 1) and all(kernel == 2 * padding + 1 for kernel in node.attrs["kernel"]):
        return x, "same"
    return (layers.ZeroPadding2D(sides, name=f"{node.id}_pad")(x) if padding else x), "valid"
