"""What a Keras network is exported with: its signature, for one sample or for any batch, and samples for int8."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from probes import feeds, route_proof
from probes.arrays import Array
from probes.feeds import Feed
from probes.frameworks.tensorflow import models
from probes.workloads import Case


@dataclass(frozen=True)
class Source:
    """What is exported: a model, and samples as it takes them.

    Attributes
    ----------
    model : keras.Model
        Called with one tensor, or with a mapping of tensors by name.
    inputs : mapping of str to array
        N samples of every input.
    sizes : mapping of str to list
        The sizes of every input that the export is to take; None stands for any.
    int8 : bool
        Whether it is to be quantized.
    calibration : mapping of str to array, optional
        Samples for that, as `inputs`.
    """

    model: keras.Model
    inputs: Feed
    sizes: Mapping[str, list[int | None]]
    int8: bool = False
    calibration: Feed | None = None

    def answer(self) -> Array | Feed:
        """Return the model's own answers to the inputs; Keras exports only what was called once."""
        given = {name: tf.constant(array) for name, array in self.inputs.items()}
        answers = self.model(_alone(given), training=False)
        if isinstance(answers, Mapping):
            return {name: each.numpy() for name, each in answers.items()}
        if isinstance(answers, (list, tuple)):
            return {f"output_{number}": each.numpy() for number, each in enumerate(answers)}
        result: Array = answers.numpy()
        return result

    def signature(self) -> list[Any]:
        """Return the signature for Keras's exporters."""
        specs = {name: tf.TensorSpec(self.sizes[name], array.dtype, name=name) for name, array in self.inputs.items()}
        return [_alone(specs)]

    def saved(self, folder: Path) -> Path:
        """Write a SavedModel into `folder`, and return it."""
        self.model.export(folder, format="tf_saved_model", verbose=False, input_signature=self.signature())
        return folder

    def samples(self) -> Iterator[Any]:
        """Yield the calibration samples one by one, as TensorFlow's converter takes them."""
        assert self.calibration is not None
        for each in feeds.batches(self.calibration, 1):
            yield [*each.values()] if len(each) == 1 else dict(each)


def _alone(given: Mapping[str, Any]) -> Any:
    """Return one input as it is, and several by name: so Keras's models take them."""
    return next(iter(given.values())) if len(given) == 1 else dict(given)


def of(case: Case, otherwise: str) -> Source:
    """Return what a case exports; `otherwise` is its batching where the case does not say."""
    int8 = case.parameters["precision"] == "int8"
    batch = None if route_proof.dynamic(case, otherwise) else 1
    inputs = feeds.of(case.inputs)
    return Source(
        model=models.build(case),
        inputs=inputs,
        sizes={name: [batch, *array.shape[1:]] for name, array in inputs.items()},
        int8=int8,
        calibration=feeds.of(route_proof.calibration(case)) if int8 else None,
    )
