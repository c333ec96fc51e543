"""Multiply 3×4 by 5×6: TensorFlow's error tells the shapes and the line."""

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


def run(case: Case) -> Proof:
    """Give the layer four features instead, as the mode runs it; look at an export, too."""
    planted = line_of(Product.call, "x @ self.kernel")
    error = provoke(MODES[case.parameters["mode"]], planted)
    demands = {"the error tells the shapes": error["shapes"], "the error names the line": error["line"] != "no"}
    return judged(demands, **error, exported=provoke(exported, planted))


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


MODES = {"out-of-the-box": eager, "best-known": compiled}
