"""Stop in the middle of a module of Flax with ``breakpoint()``: at each call, and with the values there."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from probes.breakpoints import watch
from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Array, Case

CALLS = 2


class Watched(nnx.Module):
    """Two layers with a breakpoint between them."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.first = nnx.Linear(4, 5, rngs=rngs)
        self.second = nnx.Linear(5, 2, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return the answer; stop on the way."""
        hidden = nnx.relu(self.first(x))
        breakpoint()
        return self.second(hidden)


def run(_case: Case) -> Proof:
    """Call the model twice."""
    model = Watched(nnx.Rngs(0))
    seen = stops(model, model.first)
    demands = {"every call stops with the values between the layers": seen["hidden"] == CALLS}
    return judged(demands, calls=CALLS, **seen)


def stops(model: Callable[[jax.Array], jax.Array], first: nnx.Linear) -> dict[str, int]:
    """Return what is seen at the breakpoint of a model whose first layer is `first`."""
    x = jnp.eye(4)
    expected = {"x": np.asarray(x), "hidden": np.asarray(nnx.relu(first(x)))}
    return watch(lambda: [model(x) for _ in range(CALLS)], value, expected)


def value(local: object) -> Array | None:
    """Return the numbers of an array; one that is only traced has none."""
    return np.asarray(local) if isinstance(local, jax.Array) and not isinstance(local, jax.core.Tracer) else None
