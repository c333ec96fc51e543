"""OpenVINO's runtime on the processor, tuned for the latency of one request (its own default for single requests)."""

from __future__ import annotations

import sys
from pathlib import Path

# Without this package OpenVINO tells its makers nothing of its use.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

import openvino  # noqa: E402

from probes.workloads import Array  # noqa: E402

DISTRIBUTION = "openvino"
PACKAGE = "openvino"
NATIVE = tuple(
    f"libs/lib{name}.so*" for name in ("openvino", "openvino_intel_cpu_plugin", "openvino_ir_frontend", "tbb", "hwloc")
)


class Model:
    """A folder with ``model.xml`` and ``model.bin``, one input and one output."""

    def __init__(self, artifact: Path, threads: int) -> None:
        settings = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "f32",  # never bfloat16, where the processor has it
        }
        model = openvino.Core().compile_model(artifact / "model.xml", "CPU", settings)
        self._request = model.create_infer_request()
        self.input_shape: tuple[int | None, ...] = tuple(
            None if size.is_dynamic else size.get_length() for size in model.input(0).get_partial_shape()
        )

    def __call__(self, inputs: Array) -> Array:
        """Return the answer for `inputs`, as a new array."""
        answer: Array = self._request.infer([inputs], share_inputs=True)[0]
        return answer.copy()
