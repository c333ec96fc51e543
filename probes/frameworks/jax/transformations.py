"""Map a function over a batch, push it forward and derive it twice in JAX."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array

from probes import transformations
from probes.proof import Proof
from probes.workloads import Case


def transformed(matrix: Array, samples: Array, direction: Array) -> tuple[Array, Array, Array]:
    """Return the gradients of all samples, their slopes along a direction, and the curvature at the first."""

    def function(x: Array) -> Array:
        y = matrix @ x
        return (y * jax.nn.sigmoid(y)).sum()

    mapped = jax.vmap(jax.grad(function))(samples)
    pushed = jax.vmap(lambda x: jax.jvp(function, (x,), (direction,))[1])(samples)
    return mapped, pushed, jax.hessian(function)(samples[0])


def run(_case: Case) -> Proof:
    """Compare all three with NumPy's closed forms."""
    given = (transformations.MATRIX, transformations.SAMPLES, transformations.DIRECTION)
    with jax.enable_x64(True):
        return transformations.proof(transformed, *map(jnp.asarray, transformed(*map(jnp.asarray, given))))
