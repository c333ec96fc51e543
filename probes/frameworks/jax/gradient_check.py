"""Compare gradients with finite differences: a right one passes JAX's own check, a wrong one does not."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax.test_util import check_grads

from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Case

LIMIT = 1e-4


@jax.custom_vjp
def cube(x: jax.Array) -> jax.Array:
    """Return x³ with its gradient."""
    return x**3


cube.defvjp(lambda x: (x**3, x), lambda x, upstream: (upstream * 3 * x**2,))


@jax.custom_vjp
def wrong_cube(x: jax.Array) -> jax.Array:
    """Return x³ with a wrong gradient."""
    return x**3


# Forget the factor.
wrong_cube.defvjp(lambda x: (x**3, x), lambda x, upstream: (upstream * x**2,))


def run(_case: Case) -> Proof:
    """Check both."""
    passes, caught = check(cube), not check(wrong_cube)
    demands = {"the right gradient passes": passes, "the wrong gradient is caught": caught}
    return judged(demands, how="jax.test_util.check_grads", right_passes=passes, wrong_caught=caught)


def check(function: Callable[[jax.Array], jax.Array]) -> bool:
    """Tell whether a function's gradient agrees with finite differences in float64."""
    with jax.enable_x64(True):
        x = jnp.linspace(-1.0, 1.0, 5)
        try:
            check_grads(function, (x,), order=1, modes=["rev"], atol=LIMIT, rtol=LIMIT)
        except AssertionError:
            return False
    return True
