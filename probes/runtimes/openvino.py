"""OpenVINO's runtime on the processor, tuned for the latency of one request (its own default for single requests)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

# Without this package OpenVINO tells its makers nothing of its use.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

import numpy as np  # noqa: E402
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
        self._entries: list[Array] = []
        self._shapes: list[tuple[int, ...]] = []

    def __call__(self, *given: Array) -> list[Array]:
        """Return the answers, as new arrays."""
        # Given to `infer`, arrays are wrapped and looked up by name, which takes 40 µs; a tensor that is set anew takes
        # 10. Both are long beside a small network, and a copy into tensors that are set already is not.
        if [each.shape for each in given] != self._shapes:
            self._bind(given)
        for entry, array in zip(self._entries, given, strict=True):
            entry[...] = array
        self._request.infer(share_outputs=True)
        return [self._request.get_output_tensor(number).data.copy() for number in self._results]

    def _bind(self, given: tuple[Array, ...]) -> None:
        """Let the request read its inputs from arrays of our own, in the sizes of these."""
        self._shapes = [each.shape for each in given]
        self._entries = [np.empty(each.shape, each.dtype) for each in given]
        for number, entry in enumerate(self._entries):
            self._request.set_input_tensor(number, openvino.Tensor(entry, shared_memory=True))


def _slot(port: Any) -> Slot:
    names = sorted(port.get_names())
    sizes = (None if size.is_dynamic else size.get_length() for size in port.get_partial_shape())
    return Slot(names[0] if names else "", str(port.get_element_type().to_dtype()), tuple(sizes))
