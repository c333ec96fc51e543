"""Multiply 3×4 by 5×6: JAX's error tells the sizes that do not fit and the line, in every way of running a model."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx
from jax import export

from probes.demands import judged
from probes.proof import Proof
from probes.tracebacks import line_of, provoke
from probes.workloads import Case


class Product(nnx.Module):
    """A layer that takes five features."""

    def __init__(self) -> None:
        self.kernel = nnx.Param(jnp.ones((5, 6)))

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return x · kernel."""
        return x @ self.kernel[...]


def run(_case: Case) -> Proof:
    """Give the layer four features instead, eagerly, compiled and exported."""
    planted = line_of(Product.__call__, "x @ self.kernel")
    errors = {
        "eager": provoke(eager, planted),
        "compiled": provoke(compiled, planted),
        "exported": provoke(exported, planted),
    }
    demands = {f"{way}, the error tells the shapes": error["shapes"] for way, error in errors.items()}
    demands |= {f"{way}, it names the line": error["line"] != "no" for way, error in errors.items()}
    return judged(demands, **errors)


def eager() -> None:
    """Call the model."""
    Product()(jnp.ones((3, 4)))


def compiled() -> None:
    """Call the model through nnx.jit."""
    nnx.jit(Product.__call__)(Product(), jnp.ones((3, 4)))


def exported() -> None:
    """Export the model."""
    export.export(jax.jit(Product()))(jax.ShapeDtypeStruct((3, 4), jnp.float32))
