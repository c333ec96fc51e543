"""Networks of keras.applications with weights drawn at random, and kinds of Keras models that people write."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

SMALL = {"weights": None, "input_shape": (96, 96, 3), "classes": 10, "classifier_activation": None}

keras.utils.set_random_seed(0)


def mobilenet_v2() -> Any:
    return keras.applications.MobileNetV2(**SMALL)


def mobilenet_v3() -> Any:
    return keras.applications.MobileNetV3Small(**SMALL)


def efficientnet_v2() -> Any:
    return keras.applications.EfficientNetV2B0(**SMALL)


def densenet() -> Any:
    return keras.applications.DenseNet121(**SMALL)


def resnet50() -> Any:
    return keras.applications.ResNet50(**SMALL)


def open_size() -> Any:
    return keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(None, None, 3))


def lstm() -> Any:
    words = keras.Input((20,), dtype="int32", name="words")
    hidden = layers.LSTM(16)(layers.Embedding(100, 8)(words))
    return keras.Model(words, layers.Dense(3)(hidden))


def masked_bidirectional() -> Any:
    words = keras.Input((20,), dtype="int32", name="words")
    hidden = layers.Bidirectional(layers.LSTM(8))(layers.Embedding(100, 8, mask_zero=True)(words))
    return keras.Model(words, layers.Dense(3)(hidden))


def two_inputs() -> Any:
    image, about = keras.Input((16, 16, 3), name="image"), keras.Input((4,), name="about")
    seen = layers.GlobalAveragePooling2D()(layers.Conv2D(8, 3)(image))
    both = layers.Concatenate()([seen, about])
    return keras.Model([image, about], {"kind": layers.Dense(5)(both), "size": layers.Dense(1)(both)})


class Subclassed(keras.Model):
    """A model by subclassing: it says what it takes when it was called once."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = layers.Dense(8, activation="relu"), layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        return self.last(self.first(inputs))


def subclassed() -> Any:
    import numpy as np

    return Subclassed(), np.random.default_rng(0).standard_normal((2, 6)).astype("float32")
