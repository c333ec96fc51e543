"""Serve the CNN over REST without TensorFlow: export it to ONNX and put it behind ONNX Runtime."""

from __future__ import annotations

import sys

from probes import onnx_server, rest_server
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Start the server, compare its answers, and put a short load on it."""
    model, inputs = models.cnn(case.weights), models.natural(case.inputs)
    artifact = case.folder / "cnn.onnx"
    expected = model(inputs).numpy()  # before the export: Keras exports only what was called once
    model.export(artifact, format="onnx", verbose=False)

    server = [sys.executable, "-P", onnx_server.__file__, str(artifact), "cnn"]
    return rest_server.measured(server, "cnn", inputs.numpy(), expected)
