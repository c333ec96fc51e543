"""A recommender: an embedding for the user and one for the item, side by side → 128 → 64 → one of ten ratings.

After He et al. (2017, arXiv:1708.05031), section 3.3. The inputs are pairs of numbers, int64: one of 10,000 users and
one of 5,000 items, uniform.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator

from probes.arrays import Array, Weights
from probes.networks.layers import dense, dense_backward, he, small
from probes.networks.network import Network

USERS, ITEMS, WIDTH = 10_000, 5_000, 64
LAYERS = {"dense1": (2 * WIDTH, 128), "dense2": (128, 64), "dense3": (64, 10)}


def initial(rng: Generator) -> dict[str, Array]:
    """Return the tables, 10,000×64 and 5,000×64, and the kernels and biases of the dense layers."""
    weights = {
        "user_table": _table(rng, USERS),
        "item_table": _table(rng, ITEMS),
    }
    for layer, shape in LAYERS.items():
        weights[f"{layer}_kernel"] = he(rng, shape)
        weights[f"{layer}_bias"] = small(rng, shape[-1])
    return weights


def inputs(rng: Generator, batch: int) -> Array:
    """Return N×2: the numbers of a user and an item."""
    return np.stack([rng.integers(0, USERS, batch), rng.integers(0, ITEMS, batch)], axis=1)


def forward(weights: Weights, x: Array) -> tuple[Array, Any]:
    """Return the logits."""
    users, items = x[:, 0], x[:, 1]
    pairs = np.concatenate([weights["user_table"][users], weights["item_table"][items]], axis=1)
    h1 = np.maximum(dense(weights, "dense1", pairs), 0)
    h2 = np.maximum(dense(weights, "dense2", h1), 0)
    return dense(weights, "dense3", h2), (users, items, pairs, h1, h2)


def backward(weights: Weights, kept: Any, upstream: Array) -> dict[str, Array]:
    """Return the gradients; those of the tables are zero for whom the batch does not name."""
    users, items, pairs, h1, h2 = kept
    gradients: dict[str, Array] = {}
    upstream = dense_backward(weights, "dense3", h2, upstream, gradients) * (h2 > 0)
    upstream = dense_backward(weights, "dense2", h1, upstream, gradients) * (h1 > 0)
    upstream = dense_backward(weights, "dense1", pairs, upstream, gradients)
    for name, rows, part in (("user", users, upstream[:, :WIDTH]), ("item", items, upstream[:, WIDTH:])):
        gradients[f"{name}_table"] = np.zeros_like(weights[f"{name}_table"])
        np.add.at(gradients[f"{name}_table"], rows, part)
    return gradients


def operations(batch: int) -> int:
    """Return the operations of the three products; looking up and adding up rows of a table are none."""
    return sum(2 * batch * rows * columns for rows, columns in LAYERS.values())


def spared(batch: int) -> int:  # noqa: ARG001 - every network has it
    """Return 0: the first product reads the tables, which are trained."""
    return 0


def _table(rng: Generator, rows: int) -> Array:
    """Return an embedding: normal, standard deviation 0.1."""
    return rng.standard_normal((rows, WIDTH), dtype=np.float32) * np.float32(0.1)


NETWORK = Network(0.5, initial, inputs, forward, backward, operations, spared)
