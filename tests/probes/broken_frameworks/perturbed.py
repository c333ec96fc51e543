"""Programs and servers that are given a little more than what Python was given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from probes import native, rest_server
from probes.proof import Proof
from probes.workloads import Array

true_write, true_build, true_measured = native.write, native.build, rest_server.measured


def write(folder: Path, **arrays: Array) -> None:
    """Write the arrays, the inputs one per cent too large."""
    true_write(folder, **{name: array * (1.01 if name == "inputs" else 1) for name, array in arrays.items()})


def build(source: Path, program: Path, flags: Sequence[str | Path]) -> Path:
    """Take the program that the right recipe compiled before, where it lies beside: only the inputs are broken."""
    return compiled_before(program) or true_build(source, program, flags)


def compiled_before(file: Path) -> Path | None:
    """Return what the right recipe made under this name, where `Recipes` ran it before the broken one."""
    _, framework, capability = file.parent.name.split("-", 2)
    right = f"*-{framework.removeprefix('broken_')}-{capability}"
    return next(file.parent.parent.glob(f"{right}/{file.name}"), None)


def measured(command: Any, name: str, inputs: Array, expected: Array, **options: Any) -> Proof:
    """Ask with inputs one per cent too large."""
    return true_measured(command, name, inputs * 1.01, expected, **options)


def perturb() -> None:
    """From now on."""
    vars(native).update(write=write, build=build)
    vars(rest_server).update(measured=measured)
