"""One training step in TensorFlow: Keras's own step, and a step compiled to a graph."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import keras
import numpy as np
import tensorflow as tf

from probes.cell import Double, Training
from probes.frameworks.keras import interpreter
from probes.frameworks.tensorflow import models
from probes.workloads import Array, Case, Weights

Inputs: TypeAlias = tf.Tensor | dict[str, tf.Tensor]


def keras_step(case: Case) -> Training:
    """Run what ``model.fit`` runs for each batch."""
    model = models.build(case)
    model.compile(keras.optimizers.SGD(case.learning_rate), _loss(case))
    inputs = models.feeds(case)
    labels = _target(case)

    def step() -> float:
        return float(model.train_on_batch(inputs, labels))

    return _training("model.compile(), model.train_on_batch()", case, step, model, inputs)


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
    loss_of = _loss(case)
    inputs = models.feeds(case)
    labels = _target(case)

    @tf.function(jit_compile=jit_compile)
    def train(x: Inputs, y: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    def step() -> float:
        return float(train(inputs, labels).numpy())

    return _training(how, case, step, model, inputs, compiled=True)


def _training(
    how: str, case: Case, step: Callable[[], float], model: keras.Model, inputs: Inputs, *, compiled: bool = False
) -> Training:
    return Training(
        how,
        call=step,
        logits=lambda: model(inputs, training=False).numpy(),
        weights=lambda: models.weights_of(model),
        compiled=compiled,
        double=partial(_double, case),
    )


def _double(case: Case, steps: int) -> Double:
    """Take the steps in float64, with the model as written."""
    usual, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    # Layers follow the policy, which is float32 once the first layer was made.
    keras.config.set_dtype_policy("float64")
    try:
        model, optimizer = models.build(case), keras.optimizers.SGD(case.learning_rate)
        inputs = {name: tf.constant(_wide(each)) for name, each in case.feeds.items()}
        fed = inputs if len(inputs) > 1 else next(iter(inputs.values()))
        target, loss_of = _wide(_labels(case)), _loss(case)
        gradients: Weights = {}
        for number in range(steps):
            with tf.GradientTape() as tape:
                loss = loss_of(target, model(fed, training=True))
            found = tape.gradient(loss, model.trainable_variables)
            if number == 0:
                gradients = interpreter.arrays_of(model, [tf.convert_to_tensor(each) for each in found])
            optimizer.apply(found, model.trainable_variables)
        return Double(gradients, models.weights_of(model))
    finally:
        keras.config.set_floatx(usual)
        keras.config.set_dtype_policy(policy)


def _wide(array: Array) -> Array:
    return array.astype(np.float64) if np.issubdtype(array.dtype, np.floating) else array


def _labels(case: Case) -> Array:
    return case.inputs if case.network.loss == "mean-squared-error" else case.labels


def _target(case: Case) -> tf.Tensor:
    return tf.constant(_labels(case))


def _loss(case: Case) -> keras.losses.Loss:
    if case.network.loss == "mean-squared-error":
        return keras.losses.MeanSquaredError()
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


SETTINGS = {"out-of-the-box": (keras_step,), "best-known": (graph, xla)}
