"""Ship a network with ONNX Runtime: export to ONNX, run the file without TensorFlow."""

from __future__ import annotations

import tensorflow as tf

from probes import route_proof
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.runtimes import onnxruntime_int8
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision; the file takes float32 in and out in both precisions."""
    model, inputs = models.build(case), models.natural(case.inputs)
    artifact = route_proof.artifact(case, ".onnx")

    expected = model(inputs).numpy()  # before the export: Keras exports only what was called once
    batch = None if route_proof.dynamic(case, otherwise="dynamic") else 1
    signature = [tf.TensorSpec((batch, *inputs.shape[1:]), inputs.dtype, name="inputs")]
    model.export(artifact, format="onnx", verbose=False, input_signature=signature)
    setting = onnxruntime_int8.of(case, artifact)

    return route_proof.proof(case, "onnxruntime", artifact, expected, batches=(1, 8), **setting)
