"""The multilayer perceptron in Keras."""

from __future__ import annotations

import keras
from keras import layers


def mlp() -> keras.Model:
    """Return 784 → 512 → 512 → 10."""
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu", name="dense1"),
            layers.Dense(512, activation="relu", name="dense2"),
            layers.Dense(10, name="dense3"),
        ]
    )
