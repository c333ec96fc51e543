"""Multiply 3×4 by 5×6: the error tells the shapes and the line, when the model is called, trained and predicts."""

from __future__ import annotations

import keras
import numpy as np
from keras import KerasTensor, ops

from probes.demands import judged
from probes.proof import Proof
from probes.tracebacks import line_of, provoke
from probes.workloads import Case


class Product(keras.Model):
    """A layer that takes five features."""

    def build(self, _shape: tuple[int, ...]) -> None:
        """Make the kernel."""
        self.kernel = self.add_weight(shape=(5, 6), initializer="ones")

    def call(self, x: KerasTensor) -> KerasTensor:
        """Return x · kernel."""
        return ops.matmul(x, self.kernel)


def run(_case: Case) -> Proof:
    """Give the layer four features instead: as a function, in a training step, in a prediction."""
    planted = line_of(Product.call, "ops.matmul(x, self.kernel)")
    errors = {
        "called": provoke(called, planted),
        "trained": provoke(trained, planted),
        "predicting": provoke(predicting, planted),
    }
    demands = {f"{way}, the error tells the shapes": error["shapes"] for way, error in errors.items()}
    demands |= {f"{way}, it names the line": error["line"] != "no" for way, error in errors.items()}
    return judged(demands, **errors)


def called() -> None:
    """Call the model."""
    Product()(np.ones((3, 4), np.float32))


def trained() -> None:
    """Train for one step."""
    model = Product()
    model.compile("sgd", "mse")
    model.train_on_batch(np.ones((3, 4), np.float32), np.ones((3, 6), np.float32))


def predicting() -> None:
    """Let the model predict."""
    Product().predict_on_batch(np.ones((3, 4), np.float32))
