"""The multilayer perceptron: 784 → 512 → 512 → 10, ReLU between the layers; inputs N×784, standard normal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator

from probes.arrays import Array, Weights
from probes.networks.layers import dense, dense_backward, dense_gradients, he, small
from probes.networks.network import Network

LAYERS = {"dense1": (784, 512), "dense2": (512, 512), "dense3": (512, 10)}


def initial(rng: Generator) -> dict[str, Array]:
    """Return kernels in×out and biases."""
    weights = {}
    for layer, shape in LAYERS.items():
        weights[f"{layer}_kernel"] = he(rng, shape)
        weights[f"{layer}_bias"] = small(rng, shape[-1])
    return weights


def inputs(rng: Generator, batch: int) -> Array:
    """Return N×784, standard normal."""
    return rng.standard_normal((batch, 784), dtype=np.float32)


def forward(weights: Weights, x: Array) -> tuple[Array, Any]:
    """Return the logits."""
    h1 = np.maximum(dense(weights, "dense1", x), 0)
    h2 = np.maximum(dense(weights, "dense2", h1), 0)
    return dense(weights, "dense3", h2), (x, h1, h2)


def backward(weights: Weights, kept: Any, upstream: Array) -> dict[str, Array]:
    """Return the gradients."""
    x, h1, h2 = kept
    gradients: dict[str, Array] = {}
    upstream = dense_backward(weights, "dense3", h2, upstream, gradients) * (h2 > 0)
    upstream = dense_backward(weights, "dense2", h1, upstream, gradients) * (h1 > 0)
    dense_gradients("dense1", x, upstream, gradients)
    return gradients


def operations(batch: int) -> int:
    """Return the operations of the three products."""
    return sum(2 * batch * rows * columns for rows, columns in LAYERS.values())


def spared(batch: int) -> int:
    """Return the operations of the first product."""
    return 2 * batch * 784 * 512


NETWORK = Network(0.02, initial, inputs, forward, backward, operations, spared)
