"""Many tiny operations: 64 times x → tanh(x · scale + shift) on N×10 values; calling takes longer than computing.

What comes out are the ten logits; inputs standard normal.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator

from probes.arrays import Array, Weights
from probes.networks.layers import small
from probes.networks.network import Network

TIMES, WIDTH = 64, 10


def initial(rng: Generator) -> dict[str, Array]:
    """Return scales and shifts, one row of ten for every time."""
    scale, shift = small(rng, TIMES * WIDTH), small(rng, TIMES * WIDTH)
    return {"scale": 1 + scale.reshape(TIMES, WIDTH), "shift": shift.reshape(TIMES, WIDTH)}


def inputs(rng: Generator, batch: int) -> Array:
    """Return N×10, standard normal."""
    return rng.standard_normal((batch, WIDTH), dtype=np.float32)


def forward(weights: Weights, x: Array) -> tuple[Array, Any]:
    """Return the logits."""
    kept = [x]
    for scale, shift in zip(weights["scale"], weights["shift"], strict=True):
        x = np.tanh(x * scale + shift)
        kept.append(x)
    return x, kept


def backward(weights: Weights, kept: Any, upstream: Array) -> dict[str, Array]:
    """Return the gradients."""
    gradients = {name: np.zeros_like(array) for name, array in weights.items()}
    for time in reversed(range(TIMES)):
        upstream = upstream * (1 - kept[time + 1] ** 2)
        gradients["scale"][time] = (upstream * kept[time]).sum(axis=0)
        gradients["shift"][time] = upstream.sum(axis=0)
        upstream = upstream * weights["scale"][time]
    return gradients


def operations(batch: int) -> int:  # noqa: ARG001 - every network has it
    """Return 0: there is no product of matrices."""
    return 0


NETWORK = Network(0.1, initial, inputs, forward, backward, operations, operations)
