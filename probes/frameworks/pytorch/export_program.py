"""Export the CNN as a torch.export program; a fresh process runs it without the source of the model."""

from __future__ import annotations

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
model = torch.export.load(artifact).module()
inputs = torch.from_numpy(np.load(questions))
np.save(answers, model(inputs).detach().numpy())
"""


def run(case: Case) -> Proof:
    """Export for any batch; ask with another one than was exported."""
    model = models.cnn(case.weights).eval()
    inputs = models.natural(case.inputs)
    artifact = case.folder / "cnn.pt2"

    batch = torch.export.Dim("batch")
    torch.export.save(torch.export.export(model, (inputs,), dynamic_shapes=({0: batch},)), artifact)

    answer = python_process.answer(CONSUMER, artifact, inputs[:5].numpy())
    return close(answer, model(inputs[:5]).detach().numpy(), artifact=artifact, format="torch.export")
