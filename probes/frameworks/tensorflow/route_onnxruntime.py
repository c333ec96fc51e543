"""Ship the CNN with ONNX Runtime: export to ONNX, run the file without TensorFlow."""

from __future__ import annotations

from probes import shipped
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.runtimes import onnxruntime_int8
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision; the file takes any batch, float32 in and out in both precisions."""
    model = models.cnn(case.weights)
    inputs = models.natural(case.inputs)
    artifact = case.folder / f"cnn-{case.parameters['precision']}.onnx"

    expected = model(inputs).numpy()  # before the export: Keras exports only what was called once
    model.export(artifact, format="onnx", verbose=False)
    if case.parameters["precision"] == "int8":
        onnxruntime_int8.quantise(artifact, shipped.calibration(case))

    return shipped.proof(case, "onnxruntime", artifact, expected, batches=(1, 8))
