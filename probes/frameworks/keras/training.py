"""One training step in Keras: what ``model.fit`` does for each batch, as it is and compiled."""

from __future__ import annotations

import importlib
from contextlib import nullcontext
from functools import partial
from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from probes.cell import Double, Training
from probes.frameworks.keras import interpreter, models
from probes.workloads import Array, Case


def fit(case: Case) -> Training:
    """Compile the model as the tutorials do: Keras decides itself whether it is compiled to machine code."""
    return _training("model.compile(), model.train_on_batch()", case, "auto")


def fit_plain(case: Case) -> Training:
    """Take the same step without compiling to machine code: TensorFlow's is a graph, PyTorch's is eager."""
    return _training("model.compile(jit_compile=False), model.train_on_batch()", case, False)


def fit_jit(case: Case) -> Training:
    """Take the same step compiled: by XLA on TensorFlow and JAX, by torch.compile on PyTorch."""
    return _training("model.compile(jit_compile=True), model.train_on_batch()", case, True)


def _training(how: str, case: Case, jit_compile: bool | Literal["auto"]) -> Training:
    model = _compiled(case, jit_compile)
    inputs, target = models.feeds(case), ops.convert_to_tensor(_target(case))
    compiled = keras.backend.backend() != "torch" or jit_compile is True
    return Training(
        how,
        call=lambda: float(model.train_on_batch(inputs, target)),
        logits=lambda: models.array(model(inputs, training=False)),
        weights=lambda: models.weights_of(model),
        compiled=compiled,
        double=partial(_double, case),
    )


def _compiled(case: Case, jit_compile: bool | Literal["auto"]) -> keras.Model:
    model = interpreter.build(case.network, case.weights)
    model.compile(keras.optimizers.SGD(case.learning_rate), _loss(case), jit_compile=jit_compile)
    return model


def _double(case: Case, steps: int) -> Double:
    """Take the steps in float64, with the model as written; the first move of plain SGD tells the gradients."""
    usual, policy = keras.config.floatx(), keras.config.dtype_policy()
    # JAX has no float64 until it is asked for.
    wide = importlib.import_module("jax").enable_x64(True) if keras.backend.backend() == "jax" else nullcontext()
    keras.config.set_floatx("float64")
    # Layers follow the policy, which is float32 once the first layer was made.
    keras.config.set_dtype_policy("float64")
    try:
        with wide:
            return _moved(case, steps)
    finally:
        keras.config.set_floatx(usual)
        keras.config.set_dtype_policy(policy)


def _moved(case: Case, steps: int) -> Double:
    model = _compiled(case, False)
    fed = {name: _wide(each) for name, each in case.feeds.items()}
    inputs: Any = fed if len(fed) > 1 else next(iter(fed.values()))
    moved = []
    for _ in range(steps):
        model.train_on_batch(inputs, _wide(_target(case)))
        moved.append(models.weights_of(model))
    gradients = {
        name: (_wide(case.weights[name]) - moved[0][name]) / case.learning_rate for name in case.network.trained()
    }
    # On other backends than TensorFlow, Keras normalises batches in float32, whatever the layer is to compute in.
    normalised = any(node.op == "batch-norm" for node in case.network.nodes)
    return Double(gradients, moved[-1], normalised and keras.backend.backend() != "tensorflow")


def _wide(array: Array) -> Array:
    return array.astype(np.float64) if np.issubdtype(array.dtype, np.floating) else array


def _target(case: Case) -> Array:
    return case.inputs if case.network.loss == "mean-squared-error" else case.labels


def _loss(case: Case) -> keras.losses.Loss:
    if case.network.loss == "mean-squared-error":
        return keras.losses.MeanSquaredError()
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


SETTINGS = {"out-of-the-box": (fit,), "best-known": (fit_jit, fit_plain)}
