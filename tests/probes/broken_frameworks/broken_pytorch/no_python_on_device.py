"""Inputs that differ from those that Python answers."""

from __future__ import annotations

from probes.frameworks.pytorch.no_python_on_device import run as right_run
from probes.proof import Proof
from probes.workloads import Case
from tests.probes.broken_frameworks.perturbed import perturb


def run(case: Case) -> Proof:
    perturb()
    return right_run(case)
