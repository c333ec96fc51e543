"""The most that JAX's matrix products reach."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from probes import peaks
from probes.figures import Figures


def measure() -> Figures:
    """Multiply large matrices."""
    one, other = (jnp.array(matrix) for matrix in peaks.matrices())
    product = jax.jit(jnp.matmul)
    return peaks.products("jax.jit(jnp.matmul)", lambda: product(one, other).block_until_ready())
