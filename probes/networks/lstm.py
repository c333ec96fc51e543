"""A recurrent network: 32 steps of 64 values → LSTM with 128 units → its last state → 10; inputs standard normal.

Hochreiter and Schmidhuber (1997) with the forget gate of Gers et al. (2000). The four gates stand side by side in the
kernels, in the order of both frameworks: input, forget, candidate, output.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator

from probes.arrays import Array, Weights
from probes.networks.layers import dense, dense_backward, plain, sigmoid, small
from probes.networks.network import Network

STEPS, FEATURES, UNITS = 32, 64, 128


def initial(rng: Generator) -> dict[str, Array]:
    """Return the kernels 64×512 and 128×512 of all gates, those of the last layer, and biases."""
    return {
        "lstm_kernel": plain(rng, (FEATURES, 4 * UNITS)),
        "lstm_recurrent": plain(rng, (UNITS, 4 * UNITS)),
        "lstm_bias": small(rng, 4 * UNITS),
        "dense_kernel": plain(rng, (UNITS, 10)),
        "dense_bias": small(rng, 10),
    }


def inputs(rng: Generator, batch: int) -> Array:
    """Return N×32×64, standard normal."""
    return rng.standard_normal((batch, STEPS, FEATURES), dtype=np.float32)


def forward(weights: Weights, x: Array) -> tuple[Array, Any]:
    """Return the logits."""
    state = cell = np.zeros((len(x), UNITS), x.dtype)
    steps = []
    for t in range(STEPS):
        gates = x[:, t] @ weights["lstm_kernel"] + state @ weights["lstm_recurrent"] + weights["lstm_bias"]
        i, f, g, o = np.split(gates, 4, axis=1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        before, was = cell, state
        cell = f * before + i * g
        squashed = np.tanh(cell)
        state = o * squashed
        steps.append((x[:, t], was, before, squashed, i, f, g, o))
    return dense(weights, "dense", state), (steps, state)


def backward(weights: Weights, kept: Any, upstream: Array) -> dict[str, Array]:
    """Return the gradients (backpropagation through time)."""
    steps, state = kept
    gradients: dict[str, Array] = {}
    upstream = dense_backward(weights, "dense", state, upstream, gradients)
    for name in ("lstm_kernel", "lstm_recurrent", "lstm_bias"):
        gradients[name] = np.zeros_like(weights[name])
    carried = np.zeros_like(upstream)
    for x, was, before, squashed, i, f, g, o in reversed(steps):
        carried = carried + upstream * o * (1 - squashed**2)
        gates = np.concatenate(
            [
                carried * g * i * (1 - i),
                carried * before * f * (1 - f),
                carried * i * (1 - g**2),
                upstream * squashed * o * (1 - o),
            ],
            axis=1,
        )
        gradients["lstm_kernel"] += x.T @ gates
        gradients["lstm_recurrent"] += was.T @ gates
        gradients["lstm_bias"] += gates.sum(axis=0)
        upstream = gates @ weights["lstm_recurrent"].T
        carried = carried * f
    return gradients


def operations(batch: int) -> int:
    """Return the operations of the gates' two products at every step and of the last layer."""
    return spared(batch) + 2 * batch * (STEPS * UNITS * 4 * UNITS + UNITS * 10)


def spared(batch: int) -> int:
    """Return the operations of the gates' products with the inputs."""
    return 2 * batch * STEPS * FEATURES * 4 * UNITS


NETWORK = Network(0.5, initial, inputs, forward, backward, operations, spared)
