"""Data-dependent control flow in JAX, run as it is written."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from probes import constructs
from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Array, Case


def branch(x: jax.Array) -> jax.Array:
    """Take one of two ways, chosen by the sum."""
    if jnp.sum(x) > 0:
        return x * 2
    return x - 1


def loop(x: jax.Array) -> jax.Array:
    """Halve as often as the norm asks for."""
    while jnp.linalg.norm(x) > 1:
        x = x / 2
    return x


def rows(x: jax.Array) -> jax.Array:
    """Go through the rows and keep a running value."""
    total = jnp.zeros_like(x[0])
    for row in x:
        total = total / 2 + row
    return total


def number(x: jax.Array) -> jax.Array:
    """Make a Python number of an array and go on with it."""
    return x * float(jnp.max(x))


CONSTRUCTS = {"if": branch, "while": loop, "for": rows, "number": number}


def run(_case: Case) -> Proof:
    """Answer on both ways through each construct; differentiate both ways of the branch."""
    verdicts = constructs.judge(as_written)
    slopes = [slope(x) for x in constructs.INPUTS]
    demands = {f"{name} gives the right answer on both ways": verdict == "right" for name, verdict in verdicts.items()}
    demands |= {"the gradient follows the way that was taken": slopes == [2.0, 1.0]}
    return judged(demands, **verdicts, slopes=slopes)


def as_written(name: str) -> Callable[[Array], Array]:
    """Return a construct as a function of arrays."""
    return lambda x: np.asarray(CONSTRUCTS[name](jnp.array(x)))


def slope(array: Array) -> float:
    """Return the derivative of the branch at its first element."""
    return float(jax.grad(lambda x: branch(x).sum())(jnp.array(array))[0, 0])
