"""The runtimes that a trained model ships with, each loaded without the framework that made the artifact.

Each has ``Model(artifact, threads)``, which loads an artifact, and names ``DISTRIBUTION`` and ``PACKAGE``, which carry
the runtime. ``NATIVE`` names the libraries in the package (globs) that a program in C or C++ ships for any model, and
``BUILD`` the kind of build that the process itself maps: ``python`` where it is not said, the Python binding with all
that it needs, or ``selective``, only what the model needs. Only the standard library, NumPy and the runtime itself are
imported. Where the runtime is a framework's own library, ``HOLDS`` names what of `FORBIDDEN` its process holds by
right; its size is then that of everything the distribution brings.
"""

from __future__ import annotations

from typing import Protocol

from probes.workloads import Array

# What a process that shows a runtime must not have imported.
FORBIDDEN = ("torch", "torchao", "tensorflow", "keras", "jax")


class Model(Protocol):
    """A loaded artifact with one input and one output.

    Attributes
    ----------
    input_shape : tuple of int or None
        The artifact's own shape and layout; None stands for a dimension that may vary.
    """

    input_shape: tuple[int | None, ...]

    def __call__(self, inputs: Array) -> Array:
        """Return the answer for float32 `inputs` in the artifact's own layout."""
        ...
