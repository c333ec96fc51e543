"""Map a function over a batch, push it forward and derive it twice in TensorFlow."""

from __future__ import annotations

import tensorflow as tf

from probes import transformations
from probes.proof import Proof
from probes.workloads import Case


def transformed(matrix: tf.Tensor, samples: tf.Tensor, direction: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return the gradients of all samples, their slopes along a direction, and the curvature at the first."""

    def function(x: tf.Tensor) -> tf.Tensor:
        y = tf.linalg.matvec(matrix, x)
        return tf.reduce_sum(y * tf.sigmoid(y))

    def gradient(x: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(x)
            answer = function(x)
        return tape.gradient(answer, x)

    def slope(x: tf.Tensor) -> tf.Tensor:
        with tf.autodiff.ForwardAccumulator(x, direction) as forward:
            answer = function(x)
        return forward.jvp(answer)

    with tf.GradientTape() as tape:
        tape.watch(samples)
        first = gradient(samples[0])
    mapped, pushed = (tf.vectorized_map(each, samples) for each in (gradient, slope))
    return mapped, pushed, tape.jacobian(first, samples)[:, 0]


def run(_case: Case) -> Proof:
    """Compare all three with NumPy's closed forms."""
    given = (transformations.MATRIX, transformations.SAMPLES, transformations.DIRECTION)
    found = transformed(*map(tf.constant, given))
    return transformations.proof(transformed, *(each.numpy() for each in found))
