"""TensorFlow itself as the runtime of a SavedModel, without the model's source."""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf

from probes.workloads import Array

DISTRIBUTION = "tensorflow"
PACKAGE = "tensorflow"
HOLDS = ("tensorflow", "keras")  # TensorFlow imports Keras with the first model it loads


class Model:
    """A folder with one signature of one input and one output."""

    def __init__(self, artifact: Path, threads: int) -> None:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        loaded = tf.saved_model.load(artifact)
        self._keep = loaded  # the signature does not keep its variables alive
        self._run = loaded.signatures["serving_default"]
        ((self._input, entry),) = self._run.structured_input_signature[1].items()
        (self._output,) = self._run.structured_outputs
        self.input_shape: tuple[int | None, ...] = tuple(entry.shape)

    def __call__(self, inputs: Array) -> Array:
        """Return the answer for `inputs`."""
        answer: Array = self._run(**{self._input: tf.constant(inputs)})[self._output].numpy()
        return answer
