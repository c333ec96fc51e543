"""Compile the CNN ahead of time with AOTInductor; a fresh process runs the package without the source of the model."""

from __future__ import annotations

import torch

from probes import python_process
from probes.frameworks.pytorch import models
from probes.frameworks.pytorch.compiler import require_compiler
from probes.proof import Proof, close
from probes.workloads import Case

CONSUMER = """
import sys
import numpy as np
import torch

artifact, questions, answers = sys.argv[1:]
model = torch._inductor.aoti_load_package(artifact)
inputs = torch.from_numpy(np.load(questions))
np.save(answers, model(inputs).detach().numpy())
"""


def run(case: Case) -> Proof:
    """Compile for one batch; ask with it."""
    require_compiler()
    model = models.cnn(case.weights).eval()
    inputs = models.natural(case.inputs)
    artifact = case.folder / "cnn.pt2"

    with torch.no_grad():
        program = torch.export.export(model, (inputs,))
        torch._inductor.aoti_compile_and_package(program, package_path=str(artifact))

    answer = python_process.answer(CONSUMER, artifact, inputs.numpy())
    return close(answer, model(inputs).detach().numpy(), artifact=artifact, format="AOTInductor")
