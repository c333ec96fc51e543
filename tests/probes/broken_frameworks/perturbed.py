"""Programs that read a little more than what Python wrote."""

from __future__ import annotations

from pathlib import Path

from probes import native
from probes.workloads import Array

true_write = native.write


def write(folder: Path, **arrays: Array) -> None:
    """Write the arrays, the inputs one per cent too large."""
    true_write(folder, **{name: array * (1.01 if name == "inputs" else 1) for name, array in arrays.items()})


def perturb() -> None:
    """From now on."""
    vars(native).update(write=write)
