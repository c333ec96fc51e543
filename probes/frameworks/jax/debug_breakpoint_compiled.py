"""Stop in a model under nnx.jit with ``breakpoint()``: at each call, and with the values there."""

from __future__ import annotations

import jax
from flax import nnx

from probes.demands import judged
from probes.frameworks.jax.debug_breakpoint import CALLS, Watched, stops
from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Call the compiled model twice, and twice more with the switch that turns compilation off."""
    model = Watched(nnx.Rngs(0))
    compiled = nnx.jit(model.__class__.__call__)
    seen = stops(lambda x: compiled(model, x), model.first)
    with jax.disable_jit():
        switched = stops(lambda x: compiled(model, x), model.first)
    demands = {"every call stops with the values between the layers": seen["hidden"] == CALLS}
    return judged(demands, calls=CALLS, **seen, switched_off=switched, switch="jax.disable_jit()")
