"""Ship a network with LiteRT, through jax2tf and TensorFlow's converter; the file runs without both and without JAX."""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf
from tensorflow.lite.python.convert_phase import ConverterError

from probes import route_proof
from probes.channel import ProbeError
from probes.frameworks.jax import export, models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Convert in the case's precision; the file takes float32 in and out in both precisions."""
    source, artifact = export.of(case, otherwise="static"), route_proof.artifact(case, ".tflite")
    write(source, artifact)
    return route_proof.proof(case, "litert", artifact, models.answer(case))


def write(source: export.Source, artifact: Path) -> None:
    """Convert a model into a file: in float32, or in int8 throughout with the ranges seen on samples."""
    saved = source.saved(artifact.with_name(f"{artifact.stem}-saved"))
    converter = tf.lite.TFLiteConverter.from_saved_model(str(saved))
    if source.int8:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = source.samples
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    try:
        artifact.write_bytes(converter.convert())
    except ConverterError as error:
        reason = next((line for line in str(error).splitlines() if "error: " in line), str(error))
        raise ProbeError("not_supported", f"the converter refuses: {reason.rpartition('error: ')[2]}") from error
