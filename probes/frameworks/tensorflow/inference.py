"""One forward pass in TensorFlow: the Keras model as its tutorials call it, and compiled to a graph."""

from __future__ import annotations

from typing import TypeAlias

import tensorflow as tf

from probes.cell import Inference
from probes.frameworks.tensorflow import models
from probes.workloads import Array, Case

Inputs: TypeAlias = tf.Tensor | dict[str, tf.Tensor] | list[tf.Tensor]


def eager(case: Case) -> Inference:
    """Call the model as TensorFlow's quickstart does."""
    model = models.build(case)
    inputs = models.feeds(case)

    def call() -> Array:
        return models.first(model(inputs, training=False)).numpy()

    def answer(others: Array) -> Array:
        return model(models.natural(others), training=False).numpy()

    return Inference("model(x, training=False)", call, answer=answer)


def graph(case: Case) -> Inference:
    """Call the model through tf.function."""
    return _compiled("tf.function", case, jit_compile=None)


def xla(case: Case) -> Inference:
    """Call the model through tf.function, compiled by XLA."""
    return _compiled("tf.function(jit_compile=True)", case, jit_compile=True)


def _compiled(how: str, case: Case, jit_compile: bool | None) -> Inference:
    model = models.build(case)
    inputs = models.feeds(case)

    @tf.function(jit_compile=jit_compile)
    def forward(x: Inputs) -> Inputs:
        return model(x, training=False)

    def call() -> Array:
        return models.first(forward(inputs)).numpy()

    def answer(others: Array) -> Array:
        return forward(models.natural(others)).numpy()

    return Inference(how, call, compiled=True, answer=answer)


SETTINGS = {"out-of-the-box": (eager,), "best-known": (graph, xla)}
