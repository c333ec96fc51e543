"""Data-dependent control flow through jax.jit, which asks for it to be written with functions of jax.lax."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from probes import constructs
from probes.demands import judged
from probes.frameworks.jax.dynamic_control_flow import CONSTRUCTS
from probes.frameworks.jax.whole_graph_control_flow import WITH_LAX
from probes.proof import Proof
from probes.workloads import Array, Case


def run(_case: Case) -> Proof:
    """Trace each construct once, and answer on both ways through it; do the same as it is written with jax.lax."""
    verdicts = constructs.judge(lambda name: captured(CONSTRUCTS[name]))
    rewritten = constructs.judge(lambda name: captured(WITH_LAX[name]))
    demands = {f"{name} gives the right answer on both ways": verdict == "right" for name, verdict in verdicts.items()}
    return judged(demands, how="jax.jit", **verdicts, written_with_lax=rewritten)


def captured(construct: Callable[[jax.Array], jax.Array]) -> Callable[[Array], Array]:
    """Return a construct, traced at its first call, as a function of arrays."""
    traced = jax.jit(construct)
    return lambda x: np.asarray(traced(jnp.array(x)))
