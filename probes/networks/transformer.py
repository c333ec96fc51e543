"""A transformer encoder: 32 steps of 64 values → two layers of attention → the mean over the steps → 10.

After Vaswani et al. (2017, arXiv:1706.03762), section 3.1: four heads, a feed-forward part of 256 with ReLU, each
followed by the sum with its input and layer normalisation; no dropout. The inputs, standard normal, stand for embedded
words.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator

from probes.arrays import Array, Weights
from probes.networks.layers import (
    dense,
    dense_backward,
    dense_gradients,
    he,
    normalised,
    normalised_backward,
    plain,
    small,
    softmax,
    softmax_backward,
)
from probes.networks.network import Network

STEPS, WIDTH, HEADS, INNER = 32, 64, 4, 256
LAYERS = ("layer1", "layer2")
_PROJECTIONS = ("query", "key", "value")
_SCALE = (WIDTH // HEADS) ** -0.5


def initial(rng: Generator) -> dict[str, Array]:
    """Return the kernels in×out, biases, scales and shifts of both layers, and the last layer."""
    weights = {}
    for layer in LAYERS:
        for name in (*_PROJECTIONS, "output"):
            weights[f"{layer}_{name}_kernel"] = plain(rng, (WIDTH, WIDTH))
            weights[f"{layer}_{name}_bias"] = small(rng, WIDTH)
        weights[f"{layer}_inner_kernel"] = he(rng, (WIDTH, INNER))
        weights[f"{layer}_inner_bias"] = small(rng, INNER)
        weights[f"{layer}_outer_kernel"] = plain(rng, (INNER, WIDTH))
        weights[f"{layer}_outer_bias"] = small(rng, WIDTH)
        for name in ("norm1", "norm2"):
            weights[f"{layer}_{name}_scale"] = 1 + small(rng, WIDTH)
            weights[f"{layer}_{name}_shift"] = small(rng, WIDTH)
    return weights | {"dense_kernel": plain(rng, (WIDTH, 10)), "dense_bias": small(rng, 10)}


def inputs(rng: Generator, batch: int) -> Array:
    """Return N×32×64, standard normal."""
    return rng.standard_normal((batch, STEPS, WIDTH), dtype=np.float32)


def forward(weights: Weights, x: Array) -> tuple[Array, Any]:
    """Return the logits."""
    kept = []
    for layer in LAYERS:
        mixed, attention = _attend(weights, layer, x)
        first, norm1 = normalised(weights, f"{layer}_norm1", x + mixed)
        inner = np.maximum(dense(weights, f"{layer}_inner", first), 0)
        second, norm2 = normalised(weights, f"{layer}_norm2", first + dense(weights, f"{layer}_outer", inner))
        kept.append((x, attention, norm1, first, inner, norm2))
        x = second
    mean = x.mean(axis=1)
    return dense(weights, "dense", mean), (kept, mean)


def backward(weights: Weights, kept: Any, upstream: Array) -> dict[str, Array]:
    """Return the gradients."""
    layers, mean = kept
    gradients: dict[str, Array] = {}
    upstream = dense_backward(weights, "dense", mean, upstream, gradients)
    upstream = np.repeat(upstream[:, np.newaxis], STEPS, axis=1) / upstream.dtype.type(STEPS)
    for layer, (x, attention, norm1, first, inner, norm2) in reversed(list(zip(LAYERS, layers, strict=True))):
        upstream = normalised_backward(weights, f"{layer}_norm2", norm2, upstream, gradients)
        through = dense_backward(weights, f"{layer}_outer", inner, upstream, gradients) * (inner > 0)
        upstream = upstream + dense_backward(weights, f"{layer}_inner", first, through, gradients)
        upstream = normalised_backward(weights, f"{layer}_norm1", norm1, upstream, gradients)
        projected = _attend_backward(weights, layer, attention, upstream, gradients)
        for name, each in zip(_PROJECTIONS, projected, strict=True):
            dense_gradients(f"{layer}_{name}", x, each, gradients)
            if layer != LAYERS[0]:
                upstream = upstream + each @ weights[f"{layer}_{name}_kernel"].T
    return gradients


def _attend(weights: Weights, layer: str, x: Array) -> tuple[Array, Any]:
    """Return scaled dot-product attention over the heads, projected, and what its gradient needs."""
    query, key, value = (_split(dense(weights, f"{layer}_{name}", x)) for name in _PROJECTIONS)
    attention = softmax(query @ key.swapaxes(2, 3) * query.dtype.type(_SCALE))
    joined = _join(attention @ value)
    return dense(weights, f"{layer}_output", joined), (query, key, value, attention, joined)


def _attend_backward(
    weights: Weights, layer: str, kept: Any, upstream: Array, gradients: dict[str, Array]
) -> tuple[Array, Array, Array]:
    """Return the gradients with respect to the projected queries, keys and values."""
    query, key, value, attention, joined = kept
    upstream = _split(dense_backward(weights, f"{layer}_output", joined, upstream, gradients))
    scores = softmax_backward(attention, upstream @ value.swapaxes(2, 3)) * query.dtype.type(_SCALE)
    return _join(scores @ key), _join(scores.swapaxes(2, 3) @ query), _join(attention.swapaxes(2, 3) @ upstream)


def _split(x: Array) -> Array:
    """Return N×steps×width as N×heads×steps×part."""
    return x.reshape(len(x), STEPS, HEADS, -1).swapaxes(1, 2)


def _join(x: Array) -> Array:
    """Return N×heads×steps×part as N×steps×width."""
    return x.swapaxes(1, 2).reshape(len(x), STEPS, WIDTH)


def operations(batch: int) -> int:
    """Return the operations of the projections, of attention itself, of the feed-forward parts and the last layer."""
    projections, feed_forward = 4 * WIDTH * WIDTH, 2 * WIDTH * INNER
    attention = 2 * STEPS * WIDTH
    layers = len(LAYERS) * STEPS * (projections + attention + feed_forward)
    return 2 * batch * (layers + WIDTH * 10)


def spared(batch: int) -> int:
    """Return the operations of the first layer's queries, keys and values."""
    return 2 * batch * STEPS * 3 * WIDTH * WIDTH


NETWORK = Network(0.1, initial, inputs, forward, backward, operations, spared)
