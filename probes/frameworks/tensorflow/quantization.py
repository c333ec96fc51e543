"""Quantize a trained CNN to int8 with TensorFlow's converter for LiteRT, and compare it with the float32 file."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import tensorflow as tf

from probes import quantization
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.workloads import Array, Case


def run(case: Case) -> Proof:
    """Export before and after, and ask both files for every held-out digit."""
    digits = quantization.trained(case)
    model = models.cnn(digits.weights)
    float32, int8 = case.folder / "float32.tflite", case.folder / "int8.tflite"

    float32.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())
    int8.write_bytes(in_int8(model, digits.calibration))

    expected = model(models.natural(digits.held_out)).numpy()
    return quantization.compared(digits, "litert", float32, int8, expected)


def in_int8(model: keras.Model, samples: Array) -> bytes:
    """Return the file in int8: weights per channel, activations with the ranges seen on the samples."""

    def images() -> Iterator[list[Array]]:
        for image in samples:
            yield [image[None]]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = images
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return converter.convert()
