"""LiteRT's interpreter, with its XNNPACK delegate on the processor (the default)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from probes.arrays import Array
from probes.runtimes import Slot

DISTRIBUTION = "ai-edge-litert"
PACKAGE = "ai_edge_litert"
NATIVE = ("libLiteRt.so",)

Details = Mapping[str, Any]


class Model:
    """A ``.tflite`` file, with the names of its signature; for other sizes its tensors are laid out anew."""

    def __init__(self, artifact: Path, threads: int) -> None:
        self._interpreter = Interpreter(model_path=str(artifact), num_threads=threads)
        self._interpreter.allocate_tensors()
        entries, results = _details(self._interpreter)
        self.inputs, self.outputs = _slots(entries), _slots(results)
        self._entries = [(each["index"], _scale(each)) for each in entries.values()]
        self._results = [(each["index"], _scale(each)) for each in results.values()]
        self._shapes = [tuple(int(size) for size in each["shape"]) for each in entries.values()]

    def __call__(self, *given: Array) -> list[Array]:
        """Return the answers, as new arrays."""
        if [each.shape for each in given] != self._shapes:
            self._resize(given)
        for (index, scale), array in zip(self._entries, given, strict=True):
            self._interpreter.set_tensor(index, array if scale is None else _quantised(array, *scale))
        self._interpreter.invoke()
        answers = ((self._interpreter.get_tensor(index), scale) for index, scale in self._results)
        return [answer if scale is None else _restored(answer, *scale) for answer, scale in answers]

    def _resize(self, given: tuple[Array, ...]) -> None:
        for (index, _), array, shape in zip(self._entries, given, self._shapes, strict=True):
            if array.shape != shape:
                self._interpreter.resize_tensor_input(index, array.shape, strict=True)
        self._interpreter.allocate_tensors()
        self._shapes = [each.shape for each in given]


def _details(interpreter: Any) -> tuple[dict[str, Details], dict[str, Details]]:
    """Return inputs and outputs by name: those of the file's signature, else those of its tensors."""
    signatures = interpreter.get_signature_list()
    if signatures:
        name = "serving_default" if "serving_default" in signatures else next(iter(signatures))
        runner = interpreter.get_signature_runner(name)
        return runner.get_input_details(), runner.get_output_details()
    entries, results = interpreter.get_input_details(), interpreter.get_output_details()
    return {each["name"]: each for each in entries}, {each["name"]: each for each in results}


def _slots(details: Mapping[str, Details]) -> tuple[Slot, ...]:
    return tuple(Slot(name, _type(each), _sizes(each["shape_signature"])) for name, each in details.items())


def _sizes(signature: Iterable[int]) -> tuple[int | None, ...]:
    # -1 where any size was asked for; then `shape` is that of one sample.
    return tuple(None if size < 0 else int(size) for size in signature)


def _type(details: Details) -> str:
    return "float32" if _scale(details) else str(np.dtype(details["dtype"]))


def _scale(details: Details) -> tuple[float, int] | None:
    """Return scale and zero of a tensor in eight bits: litert-torch's int8 files take and give them, others inside."""
    scale, zero = details["quantization"]
    return (scale, zero) if details["dtype"] == np.int8 and scale else None


def _quantised(array: Array, scale: float, zero: int) -> Array:
    return np.clip(np.rint(array / scale) + zero, -128, 127).astype(np.int8)


def _restored(answer: Array, scale: float, zero: int) -> Array:
    return (answer.astype(np.float32) - np.float32(zero)) * np.float32(scale)
