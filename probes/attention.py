"""One self-attention without weights in plain NumPy, for inputs whose length varies."""

from __future__ import annotations

import numpy as np

from probes.workloads import SEED, Array

FEATURES = 8


def sequence(length: int) -> Array:
    """Return a seeded input (length × features, float32)."""
    return np.random.default_rng([SEED, length]).standard_normal((length, FEATURES), dtype=np.float32)


def attend(x: Array) -> Array:
    """Return softmax(x · xᵀ / √features) · x."""
    scores = np.exp(x @ x.T / x.shape[-1] ** 0.5)
    answer: Array = scores / scores.sum(axis=-1, keepdims=True) @ x
    return answer
