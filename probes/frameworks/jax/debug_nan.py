"""Find a gradient that becomes NaN with jax_debug_nans; it names the operation or the line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from probes.demands import judged
from probes.proof import Proof
from probes.tracebacks import detection, line_of
from probes.workloads import Case

OPERATION = r"encountered in (?:jit\()?([\w-]+)"
Function = Callable[[jax.Array], jax.Array]


def distance(x: jax.Array) -> jax.Array:
    """Return the length of x: zero at zero, where its gradient is 0 · ∞."""
    return jnp.sqrt(jnp.sum(x * x))


def logarithm(x: jax.Array) -> jax.Array:
    """Return what is NaN at zero already in the forward pass."""
    return jnp.sum(jnp.log(x - 1))


def run(_case: Case) -> Proof:
    """Differentiate both at zero with the detector on, as they are and compiled."""
    planted, forward = line_of(distance, "jnp.sqrt"), line_of(logarithm, "jnp.log")
    found = {
        "backward": detect(jax.grad(distance), planted),
        "backward_compiled": detect(jax.jit(jax.grad(distance)), planted),
        "forward": detect(jax.grad(logarithm), forward),
        "forward_compiled": detect(jax.jit(jax.grad(logarithm)), forward),
    }
    seen = found["backward"]
    demands = {
        "the detector finds the gradient": seen["found"],
        "it names the operation or the line": bool(seen["operation"]) or seen["line"] != "no",
    }
    return judged(demands, detector="jax.debug_nans", **found)


def detect(differentiate: Function, planted: tuple[str, int]) -> dict[str, Any]:
    """Return what the detector says."""
    try:
        with jax.debug_nans(True):
            differentiate(jnp.zeros(3)).block_until_ready()
    except FloatingPointError as error:
        return detection(error, OPERATION, planted)
    return detection(None, OPERATION, planted)
