"""ONNX Runtime's own static quantization; it works on the ONNX file, whatever framework wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from probes.runtimes.layouts import arranged
from probes.workloads import Array


def quantise(artifact: Path, samples: Array) -> None:
    """Replace the float32 file `artifact` by its int8 form.

    Weights per channel and activations are symmetric int8 (S8S8) in QDQ form, the makers' first choice; the ranges of
    the activations are those seen on `samples` (N×height×width×channel).
    """
    prepared = artifact.with_suffix(".prepared.onnx")
    quant_pre_process(artifact, prepared, skip_symbolic_shape=True)
    quantize_static(
        prepared,
        artifact,
        Samples(prepared, samples),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
    )
    prepared.unlink()


class Samples(CalibrationDataReader):
    """Feeds the calibration samples one by one, in the layout that the model's input asks for."""

    def __init__(self, model: Path, samples: Array) -> None:
        (entry,) = onnx.load(model).graph.input
        shape = [size.dim_value or None for size in entry.type.tensor_type.shape.dim]
        self._feeds: Iterator[dict[str, Any]] = ({entry.name: image[None]} for image in arranged(samples, shape))

    def get_next(self) -> dict[str, Any] | None:
        """Return the next feed, or None at the end."""
        return next(self._feeds, None)
