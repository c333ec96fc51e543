"""Quantize a trained CNN to int8 on its way to LiteRT, with TensorFlow's converter: JAX has no quantizer of its own."""

from __future__ import annotations

from dataclasses import replace

from probes import feeds, quantization
from probes.frameworks.jax import export, models, route_litert
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export before and after, and ask both files for every held-out digit."""
    digits = quantization.trained(case)
    model = models.cnn(digits.weights)
    float32, int8 = case.folder / "float32.tflite", case.folder / "int8.tflite"

    source = export.of_model(model, case, batch=1)
    route_litert.write(source, float32)
    route_litert.write(replace(source, int8=True, calibration=feeds.of(digits.calibration)), int8)

    expected = models.array(models.call(model, models.natural(digits.held_out)))
    return quantization.compared(digits, "litert", float32, int8, expected)
