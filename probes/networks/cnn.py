"""The convolutional network for images N×32×32×1 with pixels in [0, 1).

3×3 convolution to 16 channels, ReLU, 2×2 max pooling → 3×3 convolution to 32 channels, ReLU, 2×2 max pooling → flatten
(2048, through height, width, channel) → 64, ReLU → 10. Convolutions keep the image's size (zero padding).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator

from probes.arrays import Array, Weights
from probes.networks.convolution import convolve, convolve_backward, kernel_gradients, pool, pool_backward
from probes.networks.layers import dense, dense_backward, he, small
from probes.networks.network import Network

LAYERS = {"conv1": (3, 3, 1, 16), "conv2": (3, 3, 16, 32), "dense1": (8 * 8 * 32, 64), "dense2": (64, 10)}


def initial(rng: Generator) -> dict[str, Array]:
    """Return kernels height×width×in×out and in×out, and biases."""
    weights = {}
    for layer, shape in LAYERS.items():
        weights[f"{layer}_kernel"] = he(rng, shape)
        weights[f"{layer}_bias"] = small(rng, shape[-1])
    return weights


def inputs(rng: Generator, batch: int) -> Array:
    """Return N×32×32×1, uniform in [0, 1)."""
    return rng.random((batch, 32, 32, 1), dtype=np.float32)


def forward(weights: Weights, x: Array) -> tuple[Array, Any]:
    """Return the logits."""
    c1, patches1 = convolve(weights, "conv1", x)
    r1 = np.maximum(c1, 0)
    p1 = pool(r1)
    c2, patches2 = convolve(weights, "conv2", p1)
    r2 = np.maximum(c2, 0)
    p2 = pool(r2)
    flat = p2.reshape(len(p2), -1)
    h = np.maximum(dense(weights, "dense1", flat), 0)
    return dense(weights, "dense2", h), (patches1, r1, p1, patches2, r2, p2, flat, h)


def backward(weights: Weights, kept: Any, upstream: Array) -> dict[str, Array]:
    """Return the gradients."""
    patches1, r1, p1, patches2, r2, p2, flat, h = kept
    gradients: dict[str, Array] = {}
    upstream = dense_backward(weights, "dense2", h, upstream, gradients) * (h > 0)
    upstream = dense_backward(weights, "dense1", flat, upstream, gradients).reshape(p2.shape)
    upstream = pool_backward(r2, p2, upstream) * (r2 > 0)
    kernel_gradients(weights, "conv2", patches2, upstream, gradients)
    upstream = pool_backward(r1, p1, convolve_backward(weights["conv2_kernel"], upstream)) * (r1 > 0)
    kernel_gradients(weights, "conv1", patches1, upstream, gradients)
    return gradients


def operations(batch: int) -> int:
    """Return the operations of both convolutions (with those on the padding) and both products."""
    second = 2 * batch * 16 * 16 * 9 * 16 * 32
    return spared(batch) + second + 2 * batch * (2048 * 64 + 64 * 10)


def spared(batch: int) -> int:
    """Return the operations of the first convolution."""
    return 2 * batch * 32 * 32 * 9 * 16


NETWORK = Network(0.005, initial, inputs, forward, backward, operations, spared)
