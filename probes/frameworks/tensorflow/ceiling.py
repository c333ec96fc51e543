"""The most that TensorFlow's matrix products reach."""

from __future__ import annotations

import tensorflow as tf

from probes import peaks
from probes.figures import Figures


def measure() -> Figures:
    """Multiply large matrices."""
    one, other = (tf.constant(matrix) for matrix in peaks.matrices())
    return peaks.products("tf.linalg.matmul", lambda: tf.linalg.matmul(one, other).numpy())
