"""Inputs of twenty lengths through jax.jit: how often the model is traced anew."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import export

from probes import attention
from probes.demands import judged
from probes.proof import LIMIT, Proof, relative_error
from probes.workloads import Case

LENGTHS = range(5, 25)


def attend(x: jax.Array) -> jax.Array:
    """Return one self-attention (length × features) without weights."""
    return jax.nn.softmax(x @ x.T / x.shape[-1] ** 0.5, axis=-1) @ x


def run(_case: Case) -> Proof:
    """Count as jax.jit decides by itself, and when jax.export is told what varies.

    What was traced once is compiled once more for each length all the same: XLA knows fixed shapes only.
    """
    by_default, error = count(lambda traced: jax.jit(traced))
    told, told_error = count(any_length)
    worst = max(error, told_error)
    demands = {"the answers are right at every length": worst <= LIMIT, "one capture is enough when told": told == 1}
    captures = {"by_default": by_default, "told": told}
    return judged(demands, captures=captures, lengths=len(LENGTHS), max_relative_error=worst)


def any_length(function: Callable[[jax.Array], jax.Array]) -> Callable[[jax.Array], jax.Array]:
    """Return a function, traced for a length that has a name and no number."""
    (length,) = export.symbolic_shape("length")
    example = jax.ShapeDtypeStruct((length, attention.FEATURES), jnp.float32)
    return export.export(jax.jit(function))(example).call


def count(
    capture: Callable[[Callable[[jax.Array], jax.Array]], Callable[[jax.Array], jax.Array]],
) -> tuple[int, float]:
    """Return the number of traces over all lengths, and the largest relative error against NumPy."""
    traces = 0

    def traced(x: jax.Array) -> jax.Array:
        nonlocal traces
        traces += 1
        return attend(x)

    compiled, errors = capture(traced), []
    for length in LENGTHS:
        x = attention.sequence(length)
        errors.append(relative_error(np.asarray(compiled(jnp.array(x))), attention.attend(x)))
    return traces, max(errors)
