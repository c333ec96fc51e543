"""Give a function of one's own a gradient of one's own in JAX."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from probes.differences import POINTS, slopes
from probes.differences import swish as reference
from probes.proof import Proof, close
from probes.source import tokens_of
from probes.workloads import Case


@jax.custom_vjp
def swish(x: jax.Array) -> jax.Array:
    """Return x · sigmoid(x) with a gradient that keeps x alone in memory."""
    return x * jax.nn.sigmoid(x)


def forward(x: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return the value, and what the gradient keeps."""
    return swish(x), x


def gradient(x: jax.Array, upstream: jax.Array) -> tuple[jax.Array]:
    """Return the derivative times what comes from above."""
    gate = jax.nn.sigmoid(x)
    return (upstream * gate * (1 + x * (1 - gate)),)


swish.defvjp(forward, gradient)


def run(_case: Case) -> Proof:
    """Compare its slopes with finite differences of NumPy."""
    with jax.enable_x64(True):
        x = jnp.array(POINTS)
        found = np.asarray(jax.grad(lambda x: swish(x).sum())(x))
    return close(found, slopes(reference), limit=1e-6, tokens=tokens_of(swish.fun, forward, gradient))
