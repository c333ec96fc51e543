"""Use PyTorch from C++: a small program, compiled against the installed package, differentiates as Python does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.utils import cpp_extension

from probes import native, programs
from probes.proof import Proof, close
from probes.workloads import Array, Case

SOURCE = Path(__file__).with_name("cpp.cc")
LIBRARIES = Path(torch.__file__).parent / "lib"


def run(case: Case) -> Proof:
    """Compile and run it, and compare with the gradient in Python."""
    rng = np.random.default_rng(0)
    shapes = {"inputs": (32, 16), "first": (16, 8), "second": (8, 4)}
    arrays = {name: rng.standard_normal(shape, dtype=np.float32) for name, shape in shapes.items()}
    native.write(case.folder, **arrays)

    headers = [f"-I{path}" for path in cpp_extension.include_paths()]
    libraries = native.linked("-ltorch", "-ltorch_cpu", "-lc10", folder=LIBRARIES)
    program = native.build(SOURCE, case.folder / "program", ["-std=c++20", *headers, *libraries])
    programs.run([program, case.folder])

    return close(native.read(case.folder / "gradient", 16, 8), gradient(**arrays), library="libtorch", language="C++")


def gradient(inputs: Array, first: Array, second: Array) -> Array:
    """Return the same gradient, computed from Python."""
    weight = torch.tensor(first, requires_grad=True)
    (torch.relu(torch.tensor(inputs) @ weight) @ torch.tensor(second)).square().mean().backward()
    return weight.grad.numpy()
