"""Ship the CNN with ONNX Runtime: export to ONNX, run the file without PyTorch."""

from __future__ import annotations

import torch

from probes import shipped
from probes.frameworks.pytorch import models
from probes.proof import Proof
from probes.runtimes import onnxruntime_int8
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision; the file takes any batch, float32 in and out in both precisions."""
    model = models.cnn(case.weights).eval()
    inputs = models.natural(case.inputs)
    artifact = case.folder / f"cnn-{case.parameters['precision']}.onnx"

    batch = torch.export.Dim("batch")
    torch.onnx.export(
        model, (inputs,), artifact, dynamo=True, dynamic_shapes=({0: batch},), external_data=False, verbose=False
    )
    if case.parameters["precision"] == "int8":
        onnxruntime_int8.quantise(artifact, shipped.calibration(case))

    return shipped.proof(case, "onnxruntime", artifact, model(inputs).detach().numpy(), batches=(1, 8))
