"""ONNX Runtime with its CPU execution provider and its default graph optimisations."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

from probes.workloads import Array

DISTRIBUTION = "onnxruntime"
PACKAGE = "onnxruntime"
NATIVE = ("capi/libonnxruntime.so*",)


class Model:
    """An ``.onnx`` file with one input and one output."""

    def __init__(self, artifact: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(artifact, options, providers=["CPUExecutionProvider"])
        (entry,) = self._session.get_inputs()
        (result,) = self._session.get_outputs()
        self._input, self._outputs = entry.name, [result.name]
        self.input_shape = tuple(size if isinstance(size, int) else None for size in entry.shape)

    def __call__(self, inputs: Array) -> Array:
        """Return the answer for `inputs`, as a new array."""
        answer: Array
        (answer,) = self._session.run(self._outputs, {self._input: inputs})
        return answer
