"""A function of three values with its derivatives in closed form: what `vmap`, `jvp` and Hessians are held to.

It is f(x) = Σ swish(A x), with swish(y) = y · sigmoid(y).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from probes.arrays import Array
from probes.demands import judged
from probes.proof import Proof, relative_error
from probes.source import tokens_of

LIMIT = 1e-9
_RNG = np.random.default_rng(11)
MATRIX: Array = _RNG.standard_normal((5, 3))
SAMPLES: Array = _RNG.standard_normal((16, 3))
DIRECTION: Array = _RNG.standard_normal(3)


def gradients() -> Array:
    """Return the gradient of each sample."""
    return _first(SAMPLES @ MATRIX.T) @ MATRIX


def slopes() -> Array:
    """Return the derivative of each sample along `DIRECTION`."""
    found: Array = gradients() @ DIRECTION
    return found


def curvature() -> Array:
    """Return the matrix of second derivatives of the first sample."""
    found: Array = (MATRIX.T * _second(MATRIX @ SAMPLES[0])) @ MATRIX
    return found


def proof(function: Callable[..., object], mapped: Array, pushed: Array, second: Array) -> Proof:
    """Return the proof of the three; `function` is what makes them, as its maker writes it."""
    errors = {
        "mapped over a batch, its gradients are right": relative_error(mapped, gradients()),
        "pushed forward, its derivatives are right": relative_error(pushed, slopes()),
        "its second derivatives are right": relative_error(second, curvature()),
    }
    held = {clause: error <= LIMIT for clause, error in errors.items()}
    finite = [error for error in errors.values() if np.isfinite(error)]
    return judged(held, max_relative_error=max(finite, default=None), limit=LIMIT, tokens=tokens_of(function))


def _gate(y: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-y))
    return found


def _first(y: Array) -> Array:
    gate = _gate(y)
    found: Array = gate * (1 + y * (1 - gate))
    return found


def _second(y: Array) -> Array:
    gate = _gate(y)
    found: Array = gate * (1 - gate) * (2 + y * (1 - 2 * gate))
    return found
