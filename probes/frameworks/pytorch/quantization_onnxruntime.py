"""Quantize a trained CNN to int8 with ONNX Runtime's static quantization, and compare it with the float32 file."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch

from probes import quantization
from probes.frameworks.pytorch import models
from probes.proof import Proof
from probes.runtimes import onnxruntime_int8
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export before and after, and ask both files for every held-out digit."""
    digits = quantization.trained(case)
    model = models.cnn(digits.weights).eval()
    float32, int8 = case.folder / "float32.onnx", case.folder / "int8.onnx"

    image = models.natural(digits.held_out[:1])
    torch.onnx.export(model, (image,), float32, dynamo=True, external_data=False, verbose=False)
    variant = onnxruntime_int8.quantise(Path(shutil.copy(float32, int8)), digits.calibration)

    with torch.no_grad():
        expected = model(models.natural(digits.held_out)).numpy()
    return quantization.compared(digits, "onnxruntime", float32, int8, expected, **variant)
