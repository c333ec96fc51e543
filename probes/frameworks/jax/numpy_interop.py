"""Share memory between NumPy and JAX without a copy, and calculate with it in either."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Case

# XLA takes memory over where it begins at a multiple of as many bytes; elsewhere it copies.
ALIGNMENT = 64


def run(_case: Case) -> Proof:
    """Write into an array, and look for it in JAX's; ask for the array of NumPy twice."""
    array = aligned(1024)
    ours = jnp.from_dlpack(array)
    array[0] = 1
    figures = {
        "shares_from_numpy": float(ours[0]) == 1,
        "shares_to_numpy": np.shares_memory(np.asarray(ours), np.asarray(ours)),
        "plus_operator": (jnp.array([1, 2]) + jnp.array([3, 4])).tolist() == [4, 6],
        "numpy_functions": np.allclose(np.exp(jnp.ones(3)), np.e),
    }
    demands = {
        "JAX's array shares the memory of NumPy's": figures["shares_from_numpy"],
        "NumPy's array shares the memory of JAX's": figures["shares_to_numpy"],
        "the plus sign adds": figures["plus_operator"],
        "NumPy's functions take an array of JAX": figures["numpy_functions"],
    }
    return judged(demands, **figures)


def aligned(size: int) -> np.ndarray:
    """Return zeros that begin where XLA takes memory over."""
    room = np.zeros(size * 4 + ALIGNMENT, np.uint8)
    start = -room.ctypes.data % ALIGNMENT
    return room[start : start + size * 4].view(np.float32)
