"""What a network of JAX is exported with: its forward pass, for one sample or for any batch, and samples for int8."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import numpy as np
from flax import nnx
from jax import export

from probes import feeds, route_proof
from probes.arrays import Array
from probes.feeds import Feed
from probes.frameworks.jax import models
from probes.workloads import Case

BATCH = "batch"


@dataclass(frozen=True)
class Source:
    """What is exported: a function, and samples as it takes them.

    Attributes
    ----------
    forward : callable
        From one array for each input to the answer, or to several.
    inputs : mapping of str to array
        N samples of every input, in the function's order.
    outputs : tuple of str
        The names of the answers.
    batch : int or None
        How many samples the export is to take at once; None stands for any.
    int8 : bool
        Whether it is to be quantized.
    calibration : mapping of str to array, optional
        Samples for that, as `inputs`.
    """

    forward: Callable[..., models.Answer]
    inputs: Feed
    outputs: tuple[str, ...]
    batch: int | None
    int8: bool = False
    calibration: Feed | None = None

    def examples(self) -> list[jax.ShapeDtypeStruct]:
        """Return shape and type of every input; JAX's whole numbers have 32 bits."""
        size = export.symbolic_shape(BATCH)[0] if self.batch is None else self.batch
        return [
            jax.ShapeDtypeStruct((size, *array.shape[1:]), np.float32 if array.dtype.kind == "f" else np.int32)
            for array in self.inputs.values()
        ]

    def sizes(self) -> dict[str, list[int | None]]:
        """Return the sizes of every input that the export takes; None stands for any."""
        return {name: [self.batch, *array.shape[1:]] for name, array in self.inputs.items()}

    def saved(self, folder: Path) -> Path:
        """Write a SavedModel into `folder`, through jax2tf, which needs TensorFlow; return the folder."""
        import tensorflow as tf
        from jax.experimental import jax2tf

        shapes = [f"({BATCH if self.batch is None else self.batch}, ...)"] * len(self.inputs)
        converted = jax2tf.convert(self.forward, polymorphic_shapes=shapes, with_gradient=False)
        specs = [
            tf.TensorSpec([self.batch, *each.shape[1:]], each.dtype, name=name)
            for name, each in zip(self.inputs, self.examples(), strict=True)
        ]

        def serve(*inputs: Any) -> dict[str, Any]:
            found = converted(*inputs)
            answers = found if isinstance(found, tuple | list) else (found,)
            return dict(zip(self.outputs, answers, strict=True))

        module = tf.Module()
        module.serve = tf.function(serve, input_signature=specs, autograph=False)
        tf.saved_model.save(module, str(folder), signatures=module.serve)
        return folder

    def samples(self) -> Iterator[list[Array]]:
        """Yield the calibration samples one by one, as TensorFlow's converter takes them."""
        assert self.calibration is not None
        for each in feeds.batches(self.calibration, 1):
            yield [array.astype(np.int32) if array.dtype.kind == "i" else array for array in each.values()]


def of(case: Case, otherwise: str) -> Source:
    """Return what a case exports; `otherwise` is its batching where the case does not say."""
    int8 = case.parameters["precision"] == "int8"
    return Source(
        forward=_forward(models.build(case)),
        inputs=feeds.of(case.inputs),
        outputs=case.network.outputs,
        batch=None if route_proof.dynamic(case, otherwise) else 1,
        int8=int8,
        calibration=feeds.of(route_proof.calibration(case)) if int8 else None,
    )


def of_model(model: models.Model, case: Case, batch: int | None = None) -> Source:
    """Return what a capability exports: its model in float32 with one answer, for any batch or for `batch` samples."""
    return Source(_forward(model), feeds.of(case.inputs), ("answer",), batch)


def _forward(model: models.Model) -> Callable[..., models.Answer]:
    """Put a model together inside of what is traced, of variables made there: loops of Flax take none from outside."""
    graph, state = nnx.split(model)
    return lambda *inputs: nnx.merge(graph, jax.tree.map(lambda array: array, state))(*inputs)
