"""Ship a Keras network on PyTorch with ONNX Runtime: export to ONNX, run the file without Keras and PyTorch."""

from __future__ import annotations

import keras
from torch.onnx import OnnxExporterError

from probes import route_proof
from probes.channel import ProbeError
from probes.frameworks.keras_pytorch import models
from probes.proof import Proof
from probes.runtimes import onnxruntime_int8
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision; the file takes float32 in and out in both precisions."""
    model = models.build(case)
    artifact = route_proof.artifact(case, ".onnx")

    expected = models.answer(model, case.inputs)
    batch = None if route_proof.dynamic(case, otherwise="dynamic") else 1
    signature = [keras.InputSpec(dtype="float32", shape=(batch, *case.inputs.shape[1:]), name="inputs")]
    try:
        model.export(artifact, format="onnx", verbose=False, input_signature=signature)
    except OnnxExporterError as error:
        raise ProbeError("not_supported", f"the exporter refuses: {str(error).splitlines()[0]}") from error
    variant = onnxruntime_int8.of(case, artifact)

    return route_proof.proof(case, "onnxruntime", artifact, expected, batches=(1, 8), **variant)
