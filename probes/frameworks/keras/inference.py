"""One forward pass in Keras: the model called as a function, and its own compiled ``predict``."""

from __future__ import annotations

import keras
from keras import ops

from probes.cell import Inference
from probes.frameworks.keras import models
from probes.frameworks.keras.elementwise import Elementwise
from probes.workloads import Array, Case


def called(case: Case) -> Inference:
    """Call the model, as Keras advises for inputs that fit in one batch."""
    model = models.build(case)
    inputs = models.feeds(case)

    def call() -> Array:
        return models.array(model(inputs, training=False))

    def answer(others: Array) -> Array:
        return models.array(model(ops.convert_to_tensor(others), training=False))

    return Inference("model(x, training=False)", call, answer=answer)


def predict(case: Case) -> Inference | None:
    """Call what ``model.predict`` calls for each batch."""
    return _predicting("model.predict_on_batch()", case, jit_compile=False)


def predict_jit(case: Case) -> Inference | None:
    """Call what ``model.predict`` calls for each batch, compiled to machine code by the backend."""
    return _predicting("model.compile(jit_compile=True), model.predict_on_batch()", case, jit_compile=True)


def _predicting(how: str, case: Case, *, jit_compile: bool) -> Inference | None:
    model = models.build(case)
    if isinstance(model, Elementwise):
        return None
    model.compile(jit_compile=jit_compile)
    inputs = models.feeds(case)

    def call() -> Array:
        return models.first(model.predict_on_batch(inputs))

    def answer(others: Array) -> Array:
        return models.first(model.predict_on_batch(ops.convert_to_tensor(others)))

    # Without the jit PyTorch is not compiled, TensorFlow is traced to a graph, and JAX is compiled all the same.
    return Inference(how, call, compiled=jit_compile or keras.backend.backend() != "torch", answer=answer)


SETTINGS = {"out-of-the-box": (called,), "best-known": (predict_jit, predict, called)}
