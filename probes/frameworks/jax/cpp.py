"""JAX has no interface for C++: programs of it come from Python, and C++ can at most run them."""

from __future__ import annotations

from probes.channel import ProbeError
from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Say so; `no_python_deployment` shows what can be had from C."""
    raise ProbeError(
        "not_supported",
        "JAX is traced and differentiated in Python alone (0.10 to 0.12, November 2026): from C++, XLA's PJRT runs "
        "what Python exported, and jax.ffi calls C++ from JAX",
    )
