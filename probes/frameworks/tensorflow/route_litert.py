"""Ship the CNN with LiteRT: convert to a .tflite file, run it without TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator

import tensorflow as tf

from probes import shipped
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.workloads import Array, Case


def run(case: Case) -> Proof:
    """Convert in the case's precision; the file takes one image, float32 in and out in both precisions."""
    model = models.cnn(case.weights)
    inputs = models.natural(case.inputs)
    artifact = case.folder / f"cnn-{case.parameters['precision']}.tflite"

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if case.parameters["precision"] == "int8":
        quantised(converter, shipped.calibration(case))
    artifact.write_bytes(converter.convert())

    return shipped.proof(case, "litert", artifact, model(inputs).numpy())


def quantised(converter: tf.lite.TFLiteConverter, samples: Array) -> None:
    """Ask for int8 throughout: weights per channel, activations with the ranges seen on the calibration samples."""

    def images() -> Iterator[list[Array]]:
        for image in samples:
            yield [image[None]]

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = images
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
