"""The workloads' networks in Keras, with the given weights: images are N×height×width×channel (NHWC)."""

from __future__ import annotations

from typing import TypeAlias

import keras
import tensorflow as tf

from probes.frameworks.keras import interpreter
from probes.frameworks.tensorflow.elementwise import Elementwise
from probes.networks import catalog
from probes.workloads import Array, Case, Weights

Model: TypeAlias = keras.Model | Elementwise


def mlp(weights: Weights) -> keras.Model:
    """Return the MLP with a copy of `weights`."""
    return interpreter.build(catalog.load("mlp"), weights)


def cnn(weights: Weights) -> keras.Model:
    """Return the CNN with a copy of `weights`."""
    return interpreter.build(catalog.load("cnn"), weights)


def build(case: Case) -> Model:
    """Return the network of a case with a copy of its weights; what has no layer but arithmetic is written as such."""
    if Elementwise.computes(case.network):
        return Elementwise(case.network, case.weights)
    return interpreter.build(case.network, case.weights)


def natural(inputs: Array) -> tf.Tensor:
    """Return a copy of `inputs` as a tensor; TensorFlow's layout is the one of `probes.workloads`."""
    return tf.constant(inputs)


def feeds(case: Case) -> tf.Tensor | dict[str, tf.Tensor]:
    """Return a copy of the inputs of a case as Keras takes them: a tensor, or several by name."""
    found = {name: natural(each) for name, each in case.feeds.items()}
    return found if len(found) > 1 else next(iter(found.values()))


def first(answer: tf.Tensor | list[tf.Tensor]) -> tf.Tensor:
    """Return the first output."""
    return answer[0] if isinstance(answer, list | tuple) else answer


def weights_of(model: Model) -> dict[str, Array]:
    """Return a copy of the model's weights in the layouts of `probes.workloads`."""
    return model.arrays() if isinstance(model, Elementwise) else interpreter.weights_of(model)
