"""Quantize a trained CNN to int8 with ONNX Runtime's static quantization, and compare it with the float32 file."""

from __future__ import annotations

import shutil
from pathlib import Path

import onnx
from jax2onnx import to_onnx

from probes import quantization
from probes.frameworks.jax import models
from probes.proof import Proof
from probes.runtimes import onnxruntime_int8
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export before and after, and ask both files for every held-out digit."""
    digits = quantization.trained(case)
    model = models.cnn(digits.weights)
    float32, int8 = case.folder / "float32.onnx", case.folder / "int8.onnx"

    expected = models.array(models.call(model, models.natural(digits.held_out)))
    onnx.save(to_onnx(model, [("batch", *digits.held_out.shape[1:])], opset=21), float32)
    variant = onnxruntime_int8.quantise(Path(shutil.copy(float32, int8)), digits.calibration)

    return quantization.compared(digits, "onnxruntime", float32, int8, expected, **variant)
