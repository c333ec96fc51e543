"""Inputs that differ from those that Python answers."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch

from probes.frameworks.pytorch.no_python_deployment import run as right_run
from probes.proof import Proof
from probes.workloads import Case
from tests.probes.broken_frameworks.perturbed import compiled_before, perturb

true_compile = torch._inductor.aoti_compile_and_package


def compile_model(program: torch.export.ExportedProgram, package_path: str) -> str:
    """Take the package that the right recipe compiled before, where it lies beside."""
    right = compiled_before(Path(package_path))
    return str(shutil.copy(right, package_path)) if right else true_compile(program, package_path=package_path)


def run(case: Case) -> Proof:
    perturb()
    vars(torch._inductor).update(aoti_compile_and_package=compile_model)
    return right_run(case)
