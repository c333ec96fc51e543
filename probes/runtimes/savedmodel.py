"""TensorFlow itself as the runtime of a SavedModel, without the model's source."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from probes import import_isolation
from probes.arrays import Array
from probes.runtimes import Slot

# TensorFlow imports JAX wherever it finds it, for a converter of its own; no SavedModel needs it.
with import_isolation.absent("jax"):
    import tensorflow as tf

DISTRIBUTION = "tensorflow"
PACKAGE = "tensorflow"
HOLDS = ("tensorflow", "keras")  # TensorFlow imports Keras with the first model it loads


class Model:
    """A folder with one signature."""

    def __init__(self, artifact: Path, threads: int) -> None:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        loaded = tf.saved_model.load(artifact)
        self._keep = loaded  # the signature does not keep its variables alive
        self._run = loaded.signatures["serving_default"]
        self.inputs = _slots(self._run.structured_input_signature[1])
        self.outputs = _slots(self._run.structured_outputs)
        self._entries, self._results = ([slot.name for slot in each] for each in (self.inputs, self.outputs))

    def __call__(self, *given: Array) -> list[Array]:
        """Return the answers."""
        answers = self._run(**dict(zip(self._entries, map(tf.constant, given), strict=True)))
        return [answers[name].numpy() for name in self._results]


def _slots(specs: Mapping[str, Any]) -> tuple[Slot, ...]:
    return tuple(Slot(name, spec.dtype.name, tuple(spec.shape)) for name, spec in specs.items())
