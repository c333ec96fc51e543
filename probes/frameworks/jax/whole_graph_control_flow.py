"""Data-dependent control flow as one program of StableHLO without Python: as it is written, and with jax.lax."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
import numpy as np
from jax import export, lax

from probes import constructs
from probes.frameworks.jax.dynamic_control_flow import CONSTRUCTS
from probes.proof import Proof
from probes.workloads import Array, Case

Construct = Callable[[jax.Array], jax.Array]


def branch(x: jax.Array) -> jax.Array:
    """Take one of two ways, chosen by the sum."""
    return lax.cond(jnp.sum(x) > 0, lambda x: x * 2, lambda x: x - 1, x)


def loop(x: jax.Array) -> jax.Array:
    """Halve as often as the norm asks for."""
    return lax.while_loop(lambda x: jnp.linalg.norm(x) > 1, lambda x: x / 2, x)


def rows(x: jax.Array) -> jax.Array:
    """Go through the rows and keep a running value."""
    total, _ = lax.scan(lambda total, row: (total / 2 + row, None), jnp.zeros_like(x[0]), x)
    return total


def number(x: jax.Array) -> jax.Array:
    """Go on with the largest value, which is no number of Python."""
    return x * jnp.max(x)


WITH_LAX: Mapping[str, Construct] = {"if": branch, "while": loop, "for": rows, "number": number}


def run(_case: Case) -> Proof:
    """Capture each construct whole, as it is written, and answer on both ways through it; the other way is a figure."""
    found = constructs.whole({"jax.export": constructs.judge(lambda name: exported(CONSTRUCTS[name]))})
    rewritten = constructs.judge(lambda name: exported(WITH_LAX[name]))
    message = found.message
    if message and set(rewritten.values()) == {"right"}:
        message += "; written with jax.lax (cond, while_loop, scan), all are captured and right"
    return Proof(found.outcome, found.proof | {"written_with_lax": rewritten}, message)


def exported(construct: Construct) -> Callable[[Array], Array]:
    """Return the program of a construct for any number of rows, read back from its bytes."""
    (count,) = export.symbolic_shape("rows")
    example = jax.ShapeDtypeStruct((count, 4), jnp.float32)
    program = export.deserialize(export.export(jax.jit(construct))(example).serialize())
    return lambda x: np.asarray(program.call(jnp.array(x)))
