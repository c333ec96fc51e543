"""What NNX has no layer of its own for, as its users write it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx


class Affine(nnx.Module):
    """x · scale + shift."""

    def __init__(self, size: int, *, param_dtype: Any = jnp.float32, rngs: nnx.Rngs) -> None:  # noqa: ARG002 - as all
        self.scale = nnx.Param(jnp.ones(size, param_dtype))
        self.shift = nnx.Param(jnp.zeros(size, param_dtype))

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return as many values."""
        return x * self.scale[...] + self.shift[...]


class Position(nnx.Module):
    """A learned embedding of each step's place, added to what is there."""

    def __init__(self, rows: int, width: int, start: int, *, param_dtype: Any = jnp.float32, rngs: nnx.Rngs) -> None:  # noqa: ARG002
        self.table = nnx.Param(jnp.zeros((rows, width), param_dtype))
        self.start = start

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return N×steps×values."""
        return x + self.table[self.start : self.start + x.shape[1]]


def attended(query: jax.Array, key: jax.Array, value: jax.Array, *, heads: int) -> jax.Array:
    """Return scaled dot-product attention over several heads, N×steps×values."""
    split = (x.reshape(*x.shape[:2], heads, -1) for x in (query, key, value))
    return jax.nn.dot_product_attention(*split).reshape(query.shape)


def interactions(vectors: Sequence[jax.Array]) -> jax.Array:
    """Return the dot products of every pair of vectors, N×pairs."""
    stacked = jnp.stack(vectors, axis=1)
    rows, columns = np.tril_indices(len(vectors), -1)
    return (stacked @ stacked.swapaxes(1, 2))[:, rows, columns]
