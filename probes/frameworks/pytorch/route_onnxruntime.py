"""Ship a network with ONNX Runtime: export to ONNX, run the file without PyTorch."""

from __future__ import annotations

import torch

from probes import route_proof
from probes.frameworks.pytorch import models
from probes.proof import Proof
from probes.runtimes import onnxruntime_int8
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision; the file takes float32 in and out in both precisions."""
    model, inputs = models.build(case).eval(), models.natural(case.inputs)
    artifact = route_proof.artifact(case, ".onnx")

    if route_proof.dynamic(case, otherwise="dynamic"):
        given, shapes = inputs, ({0: torch.export.Dim("batch")},)
    else:
        given, shapes = inputs[:1], None
    torch.onnx.export(model, (given,), artifact, dynamo=True, dynamic_shapes=shapes, external_data=False, verbose=False)
    setting = onnxruntime_int8.of(case, artifact)

    return route_proof.proof(case, "onnxruntime", artifact, models.answer(case), batches=(1, 8), **setting)
