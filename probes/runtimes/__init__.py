"""The runtimes that a trained model ships with, each loaded without the framework that made the artifact.

Each has ``Model(artifact, threads)``, which loads an artifact, and names ``DISTRIBUTION`` and ``PACKAGE``, which carry
the runtime. ``NATIVE`` names the libraries in the package (globs) that a program in C or C++ ships for any model, and
``BUILD`` the kind of build that the process itself maps: ``python`` where it is not said, the Python binding with all
that it needs, or ``selective``, only what the model needs. Only the standard library, NumPy and the runtime itself are
imported. Where the runtime is a framework's own library, ``HOLDS`` names what of `FORBIDDEN` its process holds by
right; its size is then that of everything the distribution brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from probes.arrays import Array

# What a process that shows a runtime must not have imported.
FORBIDDEN = ("torch", "torchao", "tensorflow", "keras", "jax")


@dataclass(frozen=True)
class Slot:
    """One input or output of an artifact.

    Attributes
    ----------
    name : str
        As the artifact calls it; empty where its format has no names.
    dtype : str
        NumPy's name of its type.
    shape : tuple of int or None
        The artifact's own shape and layout; None stands for a dimension that may vary.
    bounds : bool
        Whether the sizes are the largest that it takes, because its format does not tell which of them may vary.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...]
    bounds: bool = False


class Model(Protocol):
    """A loaded artifact.

    Attributes
    ----------
    inputs, outputs : tuple of Slot
        What it takes and gives, in the runtime's order.
    """

    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]

    def __call__(self, *given: Array) -> Sequence[Array]:
        """Return the answers in the order of `outputs`, as new arrays; given are arrays in the order of `inputs`."""
        ...
