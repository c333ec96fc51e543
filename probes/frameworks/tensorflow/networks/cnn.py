"""The convolutional network in Keras: images are N×height×width×channel."""

from __future__ import annotations

import keras
from keras import layers


def cnn() -> keras.Model:
    """Return two convolutions with pooling, two dense layers."""
    return keras.Sequential(
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
