"""From a framework's model to OpenVINO's files, in float32 or in int8; the same for every framework."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Without this package the converter and the quantizer tell their makers nothing of their use.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

import nncf  # noqa: E402
import openvino  # noqa: E402
from nncf.quantization.range_estimator import RangeEstimatorParametersSet  # noqa: E402

from probes import route_proof  # noqa: E402
from probes.runtimes.layouts import arranged  # noqa: E402
from probes.workloads import Case  # noqa: E402

MINMAX = RangeEstimatorParametersSet.MINMAX


def save(case: Case, framework_model: Any, shape: Sequence[int | None], artifact: Path) -> None:
    """Convert a framework's model for inputs of `shape` into the folder `artifact`: in the case's precision, no less.

    int8 is NNCF's post-training quantization: weights per channel, ranges of the activations from the calibration
    samples.
    """
    model = openvino.convert_model(framework_model)
    model.reshape([-1 if size is None else size for size in shape])
    if case.parameters["precision"] == "int8":
        samples = arranged(route_proof.calibration(case), [None, *shape[1:]])
        # By default NNCF takes the mean of the samples' ranges, which cuts off large values: 20 % of the largest answer
        # of the trained network, against 1 % with their smallest and largest, as the other makers take them (measured).
        ranges = nncf.AdvancedQuantizationParameters(activations_range_estimator_params=MINMAX)
        model = nncf.quantize(model, nncf.Dataset([each[None] for each in samples]), advanced_parameters=ranges)
    artifact.mkdir()
    openvino.save_model(model, artifact / "model.xml", compress_to_fp16=False)
