"""Export the CNN from PyTorch to ONNX; ONNX Runtime must give the same answers, one by one and eight at a time."""

from __future__ import annotations

import numpy as np
import torch

from probes.frameworks.pytorch import models
from probes.proof import Proof, close
from probes.runtimes import clean_process
from probes.workloads import Case

BATCHES = (1, 8)


def run(case: Case) -> Proof:
    """Export once for any batch, run in a process without PyTorch."""
    model = models.cnn(case.weights).eval()
    inputs = models.natural(case.inputs)
    artifact = case.folder / "cnn.onnx"

    batch = torch.export.Dim("batch")
    torch.onnx.export(model, (inputs,), artifact, dynamo=True, dynamic_shapes=({0: batch},), external_data=False)

    expected = model(inputs).detach().numpy()
    answers = clean_process.answer("onnxruntime", artifact, case.inputs, BATCHES)
    return close(np.stack(answers), np.stack([expected] * len(BATCHES)), artifact=artifact, batches=list(BATCHES))
