"""ONNX Runtime with its CPU execution provider and its default graph optimisations."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import onnxruntime

from probes.arrays import Array
from probes.runtimes import Slot

DISTRIBUTION = "onnxruntime"
PACKAGE = "onnxruntime"
NATIVE = ("capi/libonnxruntime.so*",)

# Where ONNX Runtime's name of a type is not NumPy's.
TYPES = {"float": "float32", "double": "float64"}


class Model:
    """An ``.onnx`` file."""

    def __init__(self, artifact: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(artifact, options, providers=["CPUExecutionProvider"])
        self.inputs = _slots(self._session.get_inputs())
        self.outputs = _slots(self._session.get_outputs())
        self._entries, self._results = ([slot.name for slot in each] for each in (self.inputs, self.outputs))

    def __call__(self, *given: Array) -> list[Array]:
        """Return the answers, as new arrays."""
        answers: list[Array] = self._session.run(self._results, dict(zip(self._entries, given, strict=True)))
        return answers


def _slots(entries: Iterable[Any]) -> tuple[Slot, ...]:
    return tuple(
        Slot(
            entry.name,
            TYPES.get(kind := entry.type.removeprefix("tensor(").removesuffix(")"), kind),
            tuple(size if isinstance(size, int) else None for size in entry.shape),
        )
        for entry in entries
    )
