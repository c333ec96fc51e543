"""Ship a network as a SavedModel, which runs in TensorFlow without the source of the model."""

from __future__ import annotations

import tensorflow as tf

from probes import route_proof
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision (int8: Keras's own, of dense layers only); float32 goes in and out."""
    model, inputs = models.build(case), models.natural(case.inputs)
    artifact = route_proof.artifact(case, "-saved")

    expected = model(inputs).numpy()
    if case.parameters["precision"] == "int8":
        model.quantize("int8")
    batch = None if route_proof.dynamic(case, otherwise="dynamic") else 1
    signature = [tf.TensorSpec((batch, *inputs.shape[1:]), inputs.dtype)]
    model.export(artifact, format="tf_saved_model", verbose=False, input_signature=signature)

    return route_proof.proof(case, "savedmodel", artifact, expected, batches=(1, 8))
