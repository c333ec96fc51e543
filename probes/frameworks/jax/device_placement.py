"""Say where JAX puts an array: nowhere named, named, and on a device that is not there."""

from __future__ import annotations

import inspect
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jaxlib import xla_client

from probes import python_process
from probes.demands import judged
from probes.proof import Proof
from probes.tracebacks import first_line
from probes.workloads import Case

CONTROLS = ("XLA_PYTHON_CLIENT_PREALLOCATE", "XLA_PYTHON_CLIENT_MEM_FRACTION")


def run(_case: Case) -> Proof:
    """Look in a fresh process, whose devices nobody has touched."""
    seen = python_process.call(look)
    demands = {
        "a model runs without naming a device": seen["runs_without_device"],
        "an array lies where it was put": seen["placed"] == seen["asked"],
        "the memory taken on an accelerator can be limited": seen["memory_controls"] != [],
    }
    return judged(demands, **seen)


def look() -> dict[str, Any]:
    """Return the devices, and where arrays went."""
    # Two devices on one processor: the second is there on every machine, and it is not the default.
    jax.config.update("jax_num_cpu_devices", 2)
    processors = jax.devices("cpu")
    unnamed = nnx.Linear(2, 2, rngs=nnx.Rngs(0))(jnp.ones((1, 2))).device
    placed = jax.device_put(jnp.ones(1), processors[1]).device
    try:
        missing = str(jax.device_put(jnp.ones(1), jax.devices("gpu")[99]).device)
    except (RuntimeError, IndexError) as error:
        missing = f"refused: {first_line(error)}"
    source = inspect.getsource(xla_client)
    return {
        "devices": [str(device) for device in processors],
        "runs_without_device": unnamed in processors,
        "unnamed": str(unnamed),
        "asked": str(processors[1]),
        "placed": str(placed),
        "missing_device": missing,
        # They are variables of the environment, which the library reads when it starts.
        "memory_controls": [name for name in CONTROLS if name in source],
    }
