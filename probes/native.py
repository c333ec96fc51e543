"""Small C and C++ programs, compiled against the libraries that a framework's package carries."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from probes import programs
from probes.channel import ProbeError
from probes.workloads import Array

# The header that all programs include, and the programs for files that several frameworks write.
INCLUDE = Path(__file__).parent


def build(source: Path, program: Path, flags: Sequence[str | Path]) -> Path:
    """Compile `source` and return the program.

    Optimisation is off: the work is done by the libraries, and their headers take long enough.

    Raises
    ------
    ProbeError
        ``not_supported``: there is no compiler; ``error``: it failed, with the last line it said.
    """
    variable, *names = ("CC", "cc", "gcc", "clang") if source.suffix == ".c" else ("CXX", "c++", "g++", "clang++")
    names = [os.environ[variable]] if os.environ.get(variable) else names
    compiler = next(filter(None, map(shutil.which, names)), None)
    if compiler is None:
        raise ProbeError("not_supported", f"there is no compiler to call: none of {', '.join(names)} is on the PATH")
    programs.run([compiler, "-w", "-O0", f"-I{INCLUDE}", source, "-o", program, *flags])
    return program


def linked(*libraries: str, folder: Path) -> list[str]:
    """Return the flags that link shared libraries from `folder`, also those that no call refers to."""
    keep = [] if sys.platform == "darwin" else ["-Wl,--no-as-needed"]
    return [f"-L{folder}", f"-Wl,-rpath,{folder}", *keep, *libraries]


def write(folder: Path, **arrays: Array) -> None:
    """Write arrays as a program can read them without a library: their bytes and nothing else."""
    for name, array in arrays.items():
        (folder / name).write_bytes(np.ascontiguousarray(array).tobytes())


def read(file: Path, *shape: int) -> Array:
    """Return the float32 numbers that a program wrote."""
    return np.fromfile(file, np.float32).reshape(shape)
