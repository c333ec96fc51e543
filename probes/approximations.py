"""Operations that a runtime computes in another form than the framework, by design: float32 cannot be nearer there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from probes.proof import LIMIT


@dataclass(frozen=True)
class Approximation:
    """What a runtime does to an operation.

    Attributes
    ----------
    runtime, operation : str
        A module of `probes.runtimes`, and the operation's or activation's name in `probes.networks.operations`.
    limit : float
        How far answers may be from the framework's, as a share of the largest.
    why, source : str
        What is computed instead, and where its makers say so.
    """

    runtime: str
    operation: str
    limit: float
    why: str
    source: str


# The two forms of GELU (Hendrycks and Gimpel 2016, arXiv:1606.08415) are at most 4.8e-4 apart.
APPROXIMATIONS = (
    Approximation(
        "executorch",
        "gelu-tanh",
        4.8e-4,
        "XNNPACK's delegate has one GELU, the exact one, and takes it for the form with tanh, too",
        "https://github.com/pytorch/executorch/blob/main/backends/xnnpack/operators/op_gelu.py",
    ),
)


def limit(runtime: str, operations: Collection[str]) -> float:
    """Return how far the float32 answers of a network with these operations may be from the framework's."""
    found = [each.limit for each in APPROXIMATIONS if each.runtime == runtime and each.operation in operations]
    return max([LIMIT, *found])
