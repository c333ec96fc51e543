"""The recommender in Keras."""

from __future__ import annotations

import keras
from keras import layers


def recommender() -> keras.Model:
    """Return embeddings of a user and an item, side by side → 128 → 64 → 10."""
    pairs = keras.Input((2,), dtype="int64")
    user = layers.Embedding(10_000, 64, name="user")(pairs[:, 0])
    item = layers.Embedding(5_000, 64, name="item")(pairs[:, 1])
    x = layers.Concatenate()([user, item])
    x = layers.Dense(128, activation="relu", name="dense1")(x)
    x = layers.Dense(64, activation="relu", name="dense2")(x)
    return keras.Model(pairs, layers.Dense(10, name="dense3")(x))
