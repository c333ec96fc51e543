"""Export the CNN as TorchScript, which is deprecated; a fresh process runs it without the source of the model."""

from __future__ import annotations

import warnings

import torch

from probes import python_process
from probes.frameworks.pytorch import models
from probes.proof import Proof, close
from probes.workloads import Case

CONSUMER = """
import sys
import numpy as np
import torch

artifact, questions, answers = sys.argv[1:]
model = torch.jit.load(artifact)
inputs = torch.from_numpy(np.load(questions))
np.save(answers, model(inputs).detach().numpy())
"""


def run(case: Case) -> Proof:
    """Script the model, ask with another batch, and keep what PyTorch itself says about its age."""
    model = models.cnn(case.weights).eval()
    inputs = models.natural(case.inputs)
    artifact = case.folder / "cnn.ts"

    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        torch.jit.script(model).save(artifact)
    deprecation = next((str(note.message) for note in notes if note.category is DeprecationWarning), None)

    answer = python_process.answer(CONSUMER, artifact, inputs[:5].numpy())
    expected = model(inputs[:5]).detach().numpy()
    return close(answer, expected, artifact=artifact, format="TorchScript", deprecation=deprecation)
