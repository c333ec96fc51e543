"""LiteRT's interpreter, with its XNNPACK delegate on the processor (the default)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from probes.workloads import Array

DISTRIBUTION = "ai-edge-litert"
PACKAGE = "ai_edge_litert"
NATIVE = ("libLiteRt.so",)


class Model:
    """A ``.tflite`` file with one input and one output; for another batch than before its tensors are laid out anew."""

    def __init__(self, artifact: Path, threads: int) -> None:
        self._interpreter = Interpreter(model_path=str(artifact), num_threads=threads)
        self._interpreter.allocate_tensors()
        (entry,) = self._interpreter.get_input_details()
        (result,) = self._interpreter.get_output_details()
        self._input, self._output = entry["index"], result["index"]
        # litert-torch's int8 files take and give int8; their scales say what that means. Others do it inside.
        self._scales = [each["quantization"] if each["dtype"] == np.int8 else None for each in (entry, result)]
        self._shape = tuple(int(size) for size in entry["shape"])
        # -1 where any size was asked for; then `shape` is that of one sample.
        self.input_shape = tuple(None if size < 0 else int(size) for size in entry["shape_signature"])

    def __call__(self, inputs: Array) -> Array:
        """Return the answer for `inputs`, as a new array."""
        if inputs.shape != self._shape and None in self.input_shape:
            self._interpreter.resize_tensor_input(self._input, inputs.shape, strict=True)
            self._interpreter.allocate_tensors()
            self._shape = inputs.shape
        given, told = self._scales
        if given is not None:
            inputs = np.clip(np.rint(inputs / given[0]) + given[1], -128, 127).astype(np.int8)
        self._interpreter.set_tensor(self._input, inputs)
        self._interpreter.invoke()
        answer: Array = self._interpreter.get_tensor(self._output)
        return answer if told is None else (answer.astype(np.float32) - np.float32(told[1])) * np.float32(told[0])
