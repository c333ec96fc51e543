"""Stop in the middle of a Keras model with ``breakpoint()``: at each call, and with the values there."""

from __future__ import annotations

import keras
import numpy as np
from keras import KerasTensor, ops

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

    def call(self, x: KerasTensor) -> KerasTensor:
        """Return the answer; stop on the way."""
        hidden = self.first(x)
        breakpoint()
        return self.second(hidden)


def run(_case: Case) -> Proof:
    """Call the model twice."""
    model, x = Watched(), ops.eye(4)
    expected = {"x": ops.convert_to_numpy(x), "hidden": ops.convert_to_numpy(model.first(x))}
    seen = watch(lambda: [model(x) for _ in range(CALLS)], value, expected)
    demands = {"every call stops with the values between the layers": seen["hidden"] == CALLS}
    return judged(demands, calls=CALLS, **seen)


def value(local: object) -> Array | None:
    """Return the numbers of a tensor; a symbolic one has none."""
    try:
        return np.asarray(ops.convert_to_numpy(local)) if keras.ops.is_tensor(local) else None
    except Exception:  # noqa: BLE001 - each backend says in its own way that there is no value yet
        return None
