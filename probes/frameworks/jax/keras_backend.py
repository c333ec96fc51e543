"""Train a Keras 3 model on JAX, in a process without any other framework."""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np

from probes import import_isolation, python_process
from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Case

OTHERS = ("tensorflow", "torch")


def run(_case: Case) -> Proof:
    """Fit a line in a fresh process."""
    seen = python_process.call(fit)
    demands = {
        "Keras runs on JAX": seen["backend"] == "jax",
        "no other framework was imported": seen["others"] == [],
        "the loss falls to a hundredth": seen["last_loss"] < seen["first_loss"] / 100,
    }
    return judged(demands, **seen)


def fit() -> dict[str, Any]:
    """Train where no other framework can be imported, whatever is installed, and say on what."""
    with import_isolation.absent(*OTHERS):
        return _fit()


def _fit() -> dict[str, Any]:
    os.environ["KERAS_BACKEND"] = "jax"
    import keras

    inputs = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.3), "mse")
    losses = model.fit(inputs, 3 * inputs - 1, epochs=20, verbose=0).history["loss"]
    return {
        "backend": keras.backend.backend(),
        "keras": keras.__version__,
        "others": [name for name in OTHERS if sys.modules.get(name)],
        "first_loss": losses[0],
        "last_loss": losses[-1],
    }
