"""Serve the CNN over REST without JAX: export it to ONNX and put it behind ONNX Runtime."""

from __future__ import annotations

import sys

import onnx
from jax2onnx import to_onnx

from probes import onnx_server, rest_server
from probes.frameworks.jax import models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Start the server, compare its answers, and put a short load on it."""
    model, inputs = models.cnn(case.weights), models.natural(case.inputs)
    artifact = case.folder / "cnn.onnx"
    onnx.save(to_onnx(model, [("batch", *inputs.shape[1:])], opset=21), artifact)

    server = [sys.executable, "-P", onnx_server.__file__, str(artifact), "cnn"]
    return rest_server.measured(server, "cnn", case.inputs, models.array(models.call(model, inputs)))
