"""Weights between the layouts of `probes.workloads` and Keras's, which differ in attention only."""

from __future__ import annotations

import keras
from keras import layers

from probes.workloads import Array, Weights

# Our names of what ``get_weights`` returns, in its order.
KINDS: dict[type[keras.Layer], tuple[str, ...]] = {
    layers.Dense: ("kernel", "bias"),
    layers.Conv2D: ("kernel", "bias"),
    layers.LSTM: ("kernel", "recurrent", "bias"),
    layers.Embedding: ("table",),
    layers.LayerNormalization: ("scale", "shift"),
    layers.MultiHeadAttention: tuple(
        f"{part}_{kind}" for part in ("query", "key", "value", "output") for kind in ("kernel", "bias")
    ),
}


def load(model: keras.Model, weights: Weights) -> keras.Model:
    """Copy `weights` into the layers of the model, which are named as in `probes.networks`."""
    for layer in model.layers:
        if layer.weights:
            given = [weights[name] for name in _names(layer)]
            layer.set_weights([array.reshape(held.shape) for array, held in zip(given, layer.weights, strict=True)])
    return model


def weights_of(model: keras.Model) -> dict[str, Array]:
    """Return a copy of the model's weights; Keras splits attention's matrices by heads."""
    weights: dict[str, Array] = {}
    for layer in model.layers:
        if layer.weights:
            for name, array in zip(_names(layer), layer.get_weights(), strict=True):
                weights[name] = _joined(layer, name, array.copy())
    return weights


def _names(layer: keras.Layer) -> list[str]:
    # The layer of attention itself has no name of its own in ours: layer1_query_kernel.
    return [f"{layer.name.removesuffix('_attention')}_{kind}" for kind in KINDS[type(layer)]]


def _joined(layer: keras.Layer, name: str, array: Array) -> Array:
    if not isinstance(layer, layers.MultiHeadAttention):
        return array
    width = layer.num_heads * layer.key_dim
    return array.reshape(width, width) if name.endswith("kernel") else array.reshape(width)
