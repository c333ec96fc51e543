"""Export the CNN with jax2onnx; ONNX Runtime must give the same answers, one by one and eight at a time."""

from __future__ import annotations

import numpy as np
import onnx
from jax2onnx import to_onnx

from probes.frameworks.jax import models
from probes.proof import Proof, close
from probes.runtimes import clean_process
from probes.workloads import Case

BATCHES = (1, 8)


def run(case: Case) -> Proof:
    """Export once for any batch, run in a process without JAX."""
    model = models.cnn(case.weights)
    inputs = models.natural(case.inputs)
    artifact = case.folder / "cnn.onnx"

    onnx.save(to_onnx(model, [("batch", *inputs.shape[1:])], opset=21), artifact)

    answers = clean_process.answer("onnxruntime", artifact, case.inputs, BATCHES)
    expected = models.array(models.call(model, inputs))
    return close(np.stack(answers), np.stack([expected] * len(BATCHES)), artifact=artifact, batches=list(BATCHES))
