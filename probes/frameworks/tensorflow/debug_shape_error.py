"""Multiply 3×4 by 5×6: TensorFlow's error tells the shapes and the line, in every way of running a model."""

from __future__ import annotations

import tempfile

import keras
import tensorflow as tf

from probes.demands import judged
from probes.proof import Proof
from probes.tracebacks import line_of, provoke
from probes.workloads import Case


class Product(keras.Model):
    """A layer that takes five features."""

    def build(self, _shape: tuple[int, ...]) -> None:
        """Make the kernel."""
        self.kernel = self.add_weight(shape=(5, 6), initializer="ones")

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """Return x · kernel."""
        return x @ self.kernel


def run(_case: Case) -> Proof:
    """Give the layer four features instead, eagerly, compiled and exported."""
    planted = line_of(Product.call, "x @ self.kernel")
    errors = {
        "eager": provoke(eager, planted),
        "compiled": provoke(compiled, planted),
        "exported": provoke(exported, planted),
    }
    demands = {f"{way}, the error tells the shapes": error["shapes"] for way, error in errors.items()}
    demands |= {f"{way}, it names the line": error["line"] != "no" for way, error in errors.items()}
    return judged(demands, **errors)


def eager() -> None:
    """Call the model."""
    Product()(tf.ones((3, 4)))


def compiled() -> None:
    """Call the model through tf.function."""
    tf.function(Product())(tf.ones((3, 4)))


def exported() -> None:
    """Export the model."""
    model = Product()
    model.build((3, 4))
    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, verbose=False, input_signature=[tf.TensorSpec((3, 4))])
