"""One training step in TensorFlow: Keras's own step, and a step compiled to a graph."""

from __future__ import annotations

from collections.abc import Callable

import keras
import tensorflow as tf

from probes.cell import Training
from probes.frameworks.tensorflow import models
from probes.workloads import Case


def keras_step(case: Case) -> Training:
    """Run what ``model.fit`` runs for each batch."""
    model = models.build(case)
    model.compile(keras.optimizers.SGD(case.learning_rate), _loss())
    inputs = models.natural(case.inputs)
    labels = tf.constant(case.labels)

    def step() -> float:
        return float(model.train_on_batch(inputs, labels))

    return _training("model.compile(), model.train_on_batch()", step, model, inputs)


def graph(case: Case) -> Training:
    """Run a step with tf.GradientTape through tf.function."""
    return _compiled("tf.function", case, jit_compile=None)


def xla(case: Case) -> Training:
    """Run a step with tf.GradientTape through tf.function, compiled by XLA."""
    return _compiled("tf.function(jit_compile=True)", case, jit_compile=True)


def _compiled(how: str, case: Case, jit_compile: bool | None) -> Training:
    model = models.build(case)
    optimizer = keras.optimizers.SGD(case.learning_rate)
    optimizer.build(model.trainable_variables)
    loss_of = _loss()
    inputs = models.natural(case.inputs)
    labels = tf.constant(case.labels)

    @tf.function(jit_compile=jit_compile)
    def train(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    def step() -> float:
        return float(train(inputs, labels).numpy())

    return _training(how, step, model, inputs, compiled=True)


def _training(
    how: str, step: Callable[[], float], model: keras.Model, inputs: tf.Tensor, *, compiled: bool = False
) -> Training:
    return Training(
        how,
        call=step,
        logits=lambda: model(inputs, training=False).numpy(),
        weights=lambda: models.weights_of(model),
        compiled=compiled,
    )


def _loss() -> keras.losses.Loss:
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


SETTINGS = {"out-of-the-box": (keras_step,), "best-known": (graph, xla)}
