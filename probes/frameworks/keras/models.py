"""The workloads' networks in Keras, whatever its backend: images are N×height×width×channel (NHWC)."""

from __future__ import annotations

from typing import Any, TypeAlias

import keras
from keras import ops

from probes.frameworks.keras import interpreter
from probes.frameworks.keras.elementwise import Elementwise
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


def feeds(case: Case) -> Any:
    """Return a copy of the inputs of a case as Keras takes them: a tensor of the backend, or several by name."""
    found = {name: ops.convert_to_tensor(each.copy()) for name, each in case.feeds.items()}
    return found if len(found) > 1 else next(iter(found.values()))


def first(answer: Any) -> Any:
    """Return the first output."""
    return answer[0] if isinstance(answer, list | tuple) else answer


def array(answer: Any) -> Array:
    """Return the first output as an array."""
    found: Array = ops.convert_to_numpy(first(answer))
    return found


def weights_of(model: Model) -> dict[str, Array]:
    """Return a copy of the model's weights in the layouts of `probes.workloads`."""
    return model.arrays() if isinstance(model, Elementwise) else interpreter.weights_of(model)
