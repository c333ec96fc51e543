"""The transformer encoder in Keras."""

from __future__ import annotations

import keras
from keras import layers


def transformer() -> keras.Model:
    """Return two encoder layers over 32 steps of 64 values, their mean over the steps → 10."""
    inputs = x = keras.Input((32, 64))
    for name in ("layer1", "layer2"):
        mixed = layers.MultiHeadAttention(num_heads=4, key_dim=16, name=f"{name}_attention")(x, x)
        x = layers.LayerNormalization(epsilon=1e-5, name=f"{name}_norm1")(x + mixed)
        inner = layers.Dense(256, activation="relu", name=f"{name}_inner")(x)
        outer = layers.Dense(64, name=f"{name}_outer")(inner)
        x = layers.LayerNormalization(epsilon=1e-5, name=f"{name}_norm2")(x + outer)
    mean = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(10, name="dense")(mean))
