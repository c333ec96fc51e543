"""Ship a network with LiteRT: convert to a .tflite file, run it without TensorFlow."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tensorflow.lite.python.convert_phase import ConverterError

from probes import int8_trial, route_proof
from probes.channel import ProbeError
from probes.frameworks.tensorflow import export
from probes.int8_trial import Way
from probes.proof import Proof
from probes.runtimes.litert import Model
from probes.workloads import Case

ATTENTION = (keras.layers.MultiHeadAttention, keras.layers.Attention)


def run(case: Case) -> Proof:
    """Convert in the case's precision; the file takes float32 in and out in both precisions."""
    source, artifact = export.of(case, otherwise="static"), route_proof.artifact(case, ".tflite")
    expected = source.answer()
    variant = write(source, artifact)
    return route_proof.proof(case, "litert", artifact, expected, **variant)


def write(source: export.Source, artifact: Path) -> dict[str, Any]:
    """Convert a model into a file.

    int8 throughout has weights per channel and the ranges seen on the samples. Where there is attention, weights in
    int8 with ranges that are taken as it runs are tried, too; what was tried is returned (see `int8_trial.choose`),
    and nothing where there was no choice.
    """
    if not source.int8 or not any(isinstance(layer, ATTENTION) for layer in source.model._flatten_layers()):
        converted(source, artifact, dynamic=False)
        return {}
    ways = [
        Way("dynamic", "int8 weights, ranges of the activations as it runs", partial(converted, source, dynamic=True)),
        Way("static", "int8 throughout, ranges from samples", partial(converted, source, dynamic=False)),
    ]
    float32 = artifact.with_name(f"{artifact.stem}-float32.tflite")
    converted(replace(source, int8=False), float32, dynamic=False)
    assert source.calibration is not None
    expected = int8_trial.answers(Model(float32, 1), source.calibration)

    def path(variant: str) -> Path:
        return artifact.with_name(f"{artifact.stem}-{variant}.tflite")

    best, figures = int8_trial.choose(ways, Model, path, expected, source.calibration)
    best.rename(artifact)
    return figures


def converted(source: export.Source, artifact: Path, dynamic: bool) -> None:
    """Write a file in one way; `dynamic`: int8 is of the weights alone."""
    saved = source.saved(artifact.with_name(f"{artifact.stem}-saved"))
    converter = tf.lite.TFLiteConverter.from_saved_model(str(saved))
    if source.int8:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if source.int8 and not dynamic:
        converter.representative_dataset = source.samples
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    try:
        artifact.write_bytes(converter.convert())
    except ConverterError as error:
        reason = next((line for line in str(error).splitlines() if "error: " in line), str(error))
        reason = reason.rpartition("error: ")[2].rpartition("): ")[2]  # without where in the graph it was
        raise ProbeError("not_supported", f"the converter refuses: {reason}") from error
