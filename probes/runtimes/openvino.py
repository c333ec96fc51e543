"""OpenVINO's runtime on the processor, tuned for the latency of one request (its own default for single requests)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

# Without this package OpenVINO tells its makers nothing of its use.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

import openvino  # noqa: E402

from probes.arrays import Array  # noqa: E402
from probes.runtimes import Slot  # noqa: E402

DISTRIBUTION = "openvino"
PACKAGE = "openvino"
NATIVE = tuple(
    f"libs/lib{name}.so*" for name in ("openvino", "openvino_intel_cpu_plugin", "openvino_ir_frontend", "tbb", "hwloc")
)


class Model:
    """A folder with ``model.xml`` and ``model.bin``."""

    def __init__(self, artifact: Path, threads: int) -> None:
        settings = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "f32",  # never bfloat16, where the processor has it
        }
        model = openvino.Core().compile_model(artifact / "model.xml", "CPU", settings)
        self._request = model.create_infer_request()
        self.inputs = tuple(map(_slot, model.inputs))
        self.outputs = tuple(map(_slot, model.outputs))
        self._results = range(len(self.outputs))

    def __call__(self, *given: Array) -> list[Array]:
        """Return the answers, as new arrays."""
        # Given to `infer`, arrays are wrapped and looked up by name, which takes 40 µs: longer than a small network.
        for number, array in enumerate(given):
            self._request.set_input_tensor(number, openvino.Tensor(array, shared_memory=True))
        self._request.infer(share_outputs=True)
        return [self._request.get_output_tensor(number).data.copy() for number in self._results]


def _slot(port: Any) -> Slot:
    names = sorted(port.get_names())
    sizes = (None if size.is_dynamic else size.get_length() for size in port.get_partial_shape())
    return Slot(names[0] if names else "", str(port.get_element_type().to_dtype()), tuple(sizes))
