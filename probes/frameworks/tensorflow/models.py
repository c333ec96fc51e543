"""The workloads' networks in Keras, with the given weights: images are N×height×width×channel (NHWC)."""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import layers

from probes.workloads import Array, Case, Weights


def mlp(weights: Weights) -> keras.Model:
    """Return the MLP (784 → 512 → 512 → 10) with a copy of `weights`."""
    model = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu", name="dense1"),
            layers.Dense(512, activation="relu", name="dense2"),
            layers.Dense(10, name="dense3"),
        ]
    )
    return _load(model, weights)


def cnn(weights: Weights) -> keras.Model:
    """Return the CNN (two convolutions with pooling, two dense layers) with a copy of `weights`."""
    model = keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Conv2D(16, 3, padding="same", activation="relu", name="conv1"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu", name="conv2"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(64, activation="relu", name="dense1"),
            layers.Dense(10, name="dense2"),
        ]
    )
    return _load(model, weights)


def build(case: Case) -> keras.Model:
    """Return the network of a case with a copy of its weights."""
    return {"mlp": mlp, "cnn": cnn}[case.workload](case.weights)


def natural(inputs: Array) -> tf.Tensor:
    """Return a copy of `inputs` as a tensor; TensorFlow's layout is the one of `probes.workloads`."""
    return tf.constant(inputs)


def weights_of(model: keras.Model) -> dict[str, Array]:
    """Return a copy of the model's weights in the layouts of `probes.workloads`, which are Keras's own."""
    weights: dict[str, Array] = {}
    for layer in model.layers:
        if layer.weights:
            kernel, bias = layer.get_weights()
            weights[f"{layer.name}_kernel"], weights[f"{layer.name}_bias"] = kernel.copy(), bias.copy()
    return weights


def _load(model: keras.Model, weights: Weights) -> keras.Model:
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([weights[f"{layer.name}_kernel"], weights[f"{layer.name}_bias"]])
    return model
