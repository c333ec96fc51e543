"""Ship a network with LiteRT: convert to a .tflite file, run it without TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator

import tensorflow as tf
from tensorflow.lite.python.convert_phase import ConverterError

from probes import route_proof
from probes.channel import ProbeError
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.workloads import Array, Case


def run(case: Case) -> Proof:
    """Convert in the case's precision; the file takes float32 in and out in both precisions."""
    model, inputs = models.build(case), models.natural(case.inputs)
    saved, artifact = case.folder / "saved", route_proof.artifact(case, ".tflite")

    batch = None if route_proof.dynamic(case, otherwise="static") else 1
    signature = [tf.TensorSpec((batch, *inputs.shape[1:]), inputs.dtype)]
    model.export(saved, format="tf_saved_model", verbose=False, input_signature=signature)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(saved))
    if case.parameters["precision"] == "int8":
        quantized(converter, route_proof.calibration(case))
    try:
        artifact.write_bytes(converter.convert())
    except ConverterError as error:
        reason = next((line for line in str(error).splitlines() if "error: " in line), str(error))
        reason = reason.rpartition("error: ")[2].rpartition("): ")[2]  # without where in the graph it was
        raise ProbeError("not_supported", f"the converter refuses: {reason}") from error

    return route_proof.proof(case, "litert", artifact, model(inputs).numpy())


def quantized(converter: tf.lite.TFLiteConverter, samples: Array) -> None:
    """Ask for int8 throughout: weights per channel, activations with the ranges seen on the calibration samples."""

    def each() -> Iterator[list[Array]]:
        for sample in samples:
            yield [sample[None]]

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = each
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
