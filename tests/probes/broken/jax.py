"""What breaks JAX's recipes."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from unittest import mock

import jax
import jax.numpy as jnp

from tests.probes.broken import common
from tests.probes.broken.common import Break, Recipe, consumer


def without_breakpoint(recipe: Recipe) -> AbstractContextManager[object]:
    """Take the breakpoint out of the model."""

    class Silent(recipe.Watched):  # type: ignore[misc]
        def __call__(self, x: jax.Array) -> jax.Array:
            return self.second(self.first(x))

    return mock.patch.object(recipe, "Watched", Silent)


def undetected(_: Recipe) -> AbstractContextManager[object]:
    """Switch the detector off."""
    return mock.patch.object(jax, "debug_nans", return_value=nullcontext())


def half_the_gradient(recipe: Recipe) -> AbstractContextManager[object]:
    """Halve the gradient that was written by hand."""
    swish = jax.custom_vjp(recipe.swish.fun)
    swish.defvjp(recipe.forward, lambda x, upstream: (recipe.gradient(x, upstream)[0] / 2,))
    return mock.patch.object(recipe, "swish", swish)


def float32(recipe: Recipe) -> AbstractContextManager[object]:
    """Compute in float32 whatever is asked for."""
    real = recipe.build
    return mock.patch.object(recipe, "build", lambda case, _: real(case, jnp.float32))


BREAKS: dict[str, dict[str, Break]] = {
    "dynamic-control-flow": common.BREAKS["dynamic-control-flow"],
    "whole-graph-control-flow": common.BREAKS["whole-graph-control-flow"],
    "gradient-check": common.BREAKS["gradient-check"],
    "device-placement": common.BREAKS["device-placement"],
    "keras-backend": {"a stowaway": common.told_something_else(others=["torch"])},
    "debug-breakpoint": {"no breakpoint": without_breakpoint},
    "debug-nan": {"no detector": undetected},
    "custom-gradient": {"half": half_the_gradient},
    "mixed-precision": {"float32": float32},
    "export-program": {"other inputs": consumer("np.load(questions)", "np.load(questions)[::-1].copy()")},
    "export-ahead-of-time": {"other inputs": consumer("np.load(questions)", "np.load(questions)[::-1].copy()")},
}
