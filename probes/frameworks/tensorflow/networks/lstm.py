"""The recurrent network in Keras."""

from __future__ import annotations

import keras
from keras import layers


def lstm() -> keras.Model:
    """Return an LSTM over 32 steps of 64 values, its last state → 10."""
    return keras.Sequential(
        [
            keras.Input((32, 64)),
            layers.LSTM(128, name="lstm"),
            layers.Dense(10, name="dense"),
        ]
    )
