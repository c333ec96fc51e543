"""Serve the CNN over REST without PyTorch: export it to ONNX and put it behind ONNX Runtime."""

from __future__ import annotations

import sys

import torch

from probes import onnx_server, rest_server
from probes.frameworks.pytorch import models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Start the server, compare its answers, and put a short load on it."""
    model, inputs = models.cnn(case.weights).eval(), models.natural(case.inputs)
    artifact = case.folder / "cnn.onnx"
    batch = torch.export.Dim("batch")
    torch.onnx.export(model, (inputs,), artifact, dynamo=True, dynamic_shapes=({0: batch},), external_data=False)

    server = [sys.executable, "-P", onnx_server.__file__, str(artifact), "cnn"]
    return rest_server.measured(server, "cnn", inputs.numpy(), model(inputs).detach().numpy())
