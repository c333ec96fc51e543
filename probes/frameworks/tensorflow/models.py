"""The workloads' networks in Keras, with the given weights: images are N×height×width×channel (NHWC)."""

from __future__ import annotations

from collections.abc import Callable

import keras
import tensorflow as tf

from probes.frameworks.tensorflow.networks import layouts
from probes.frameworks.tensorflow.networks.cnn import cnn as _cnn
from probes.frameworks.tensorflow.networks.lstm import lstm
from probes.frameworks.tensorflow.networks.mlp import mlp as _mlp
from probes.frameworks.tensorflow.networks.recommender import recommender
from probes.frameworks.tensorflow.networks.tiny import Tiny
from probes.frameworks.tensorflow.networks.transformer import transformer
from probes.workloads import Array, Case, Weights

NETWORKS: dict[str, Callable[[], keras.Model]] = {
    "mlp": _mlp,
    "cnn": _cnn,
    "lstm": lstm,
    "transformer": transformer,
    "recommender": recommender,
}


def mlp(weights: Weights) -> keras.Model:
    """Return the MLP with a copy of `weights`."""
    return layouts.load(_mlp(), weights)


def cnn(weights: Weights) -> keras.Model:
    """Return the CNN with a copy of `weights`."""
    return layouts.load(_cnn(), weights)


def build(case: Case) -> keras.Model | Tiny:
    """Return the network of a case with a copy of its weights."""
    if case.workload == "tiny":
        return Tiny(case.weights)
    return layouts.load(NETWORKS[case.workload](), case.weights)


def natural(inputs: Array) -> tf.Tensor:
    """Return a copy of `inputs` as a tensor; TensorFlow's layout is the one of `probes.workloads`."""
    return tf.constant(inputs)


def weights_of(model: keras.Model | Tiny) -> dict[str, Array]:
    """Return a copy of the model's weights in the layouts of `probes.workloads`."""
    return model.weights() if isinstance(model, Tiny) else layouts.weights_of(model)
