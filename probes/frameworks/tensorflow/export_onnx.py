"""Export the CNN from Keras to ONNX; ONNX Runtime must give the same answers, one by one and eight at a time."""

from __future__ import annotations

import numpy as np

from probes.frameworks.tensorflow import models
from probes.proof import Proof, close
from probes.runtimes import clean_process
from probes.workloads import Case

BATCHES = (1, 8)


def run(case: Case) -> Proof:
    """Export once for any batch, run in a process without TensorFlow."""
    model = models.cnn(case.weights)
    inputs = models.natural(case.inputs)
    artifact = case.folder / "cnn.onnx"

    expected = model(inputs).numpy()  # before the export: Keras exports only what was called once
    model.export(artifact, format="onnx", verbose=False)

    answers = clean_process.answer("onnxruntime", artifact, case.inputs, BATCHES)
    return close(np.stack(answers), np.stack([expected] * len(BATCHES)), artifact=artifact, batches=list(BATCHES))
