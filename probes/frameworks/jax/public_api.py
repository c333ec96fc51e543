"""Count what JAX offers by name, and how much of it is documented; layers are those of Flax, its companion."""

from __future__ import annotations

import jax
from flax import nnx

from probes.demands import judged
from probes.proof import Proof
from probes.public_api import kinds_of, survey
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Survey the package."""
    figures = survey(jax, ("jax",))
    layers = kinds_of(nnx, nnx.Module)
    demands = {"there are public names": figures["names"] > 0, "there are layers": layers > 0}
    return judged(demands, **figures, layers=layers, training_loop=hasattr(nnx.Module, "fit"))
