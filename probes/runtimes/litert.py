"""LiteRT's interpreter, with its XNNPACK delegate on the processor (the default)."""

from __future__ import annotations

from pathlib import Path

from ai_edge_litert.interpreter import Interpreter

from probes.workloads import Array

DISTRIBUTION = "ai-edge-litert"
PACKAGE = "ai_edge_litert"


class Model:
    """A ``.tflite`` file with one input and one output; its batch is the one it was exported with."""

    def __init__(self, artifact: Path, threads: int) -> None:
        self._interpreter = Interpreter(model_path=str(artifact), num_threads=threads)
        self._interpreter.allocate_tensors()
        (entry,) = self._interpreter.get_input_details()
        (result,) = self._interpreter.get_output_details()
        self._input, self._output = entry["index"], result["index"]
        self.input_shape: tuple[int | None, ...] = tuple(int(size) for size in entry["shape"])

    def __call__(self, inputs: Array) -> Array:
        """Return the answer for `inputs` of the artifact's input shape, as a new array."""
        self._interpreter.set_tensor(self._input, inputs)
        self._interpreter.invoke()
        answer: Array = self._interpreter.get_tensor(self._output)
        return answer
