"""Put one number on a GPU with JAX, and see how much of the card's memory is gone."""

from __future__ import annotations

import os

import jax
import jax.numpy as jnp

from probes import card, python_process
from probes.channel import ProbeError
from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Case

SHARE = 0.1
CONTROL = "XLA_PYTHON_CLIENT_PREALLOCATE"


def run(_case: Case) -> Proof:
    """Compare the card before a fresh process imports JAX with the card while it holds the array."""
    before, total = card.used(), card.total()
    taken = (python_process.call(hold_as_installed) - before) / total
    limited = (python_process.call(hold) - before) / total
    demands = {f"one array leaves {1 - SHARE:.0%} of the card to others": taken <= SHARE}
    return judged(demands, share_taken=taken, share_taken_with_control=limited, control=f"{CONTROL}=false")


def hold() -> int:
    """Return what is taken of the card while the array lies there; the session's processes never take it in advance."""
    try:
        (device, *_) = jax.devices("gpu")
    except RuntimeError as error:
        raise ProbeError("not_applicable", "this JAX sees no NVIDIA GPU") from error
    array = jax.device_put(jnp.ones(1), device).block_until_ready()
    taken = card.used()
    del array
    return taken


def hold_as_installed() -> int:
    """Do the same as JAX does where nobody sets the variable; it is read when the first array is made."""
    os.environ.pop(CONTROL, None)
    return hold()
