"""Stop in the middle of a Keras model with ``breakpoint()``: at each call, and with the values there."""

from __future__ import annotations

from collections.abc import Callable

import keras
import tensorflow as tf

from probes.breakpoints import watch
from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Array, Case

CALLS = 2


class Watched(keras.Model):
    """Two layers with a breakpoint between them."""

    def __init__(self) -> None:
        super().__init__()
        self.first = keras.layers.Dense(5, activation="relu")
        self.second = keras.layers.Dense(2)

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """Return the answer; stop on the way."""
        hidden = self.first(x)
        breakpoint()
        return self.second(hidden)


def run(_case: Case) -> Proof:
    """Call the model twice."""
    model = Watched()
    seen = stops(model, model.first)
    demands = {"every call stops with the values between the layers": seen["hidden"] == CALLS}
    return judged(demands, calls=CALLS, **seen)


def stops(model: Callable[[tf.Tensor], tf.Tensor], first: keras.layers.Layer) -> dict[str, int]:
    """Return what is seen at the breakpoint of a model whose first layer is `first`."""
    x = tf.eye(4)
    expected = {"x": x.numpy(), "hidden": first(x).numpy()}
    return watch(lambda: [model(x) for _ in range(CALLS)], value, expected)


def value(local: object) -> Array | None:
    """Return the numbers of a tensor; a symbolic one has none."""
    return local.numpy() if isinstance(local, tf.Tensor) and hasattr(local, "numpy") else None
