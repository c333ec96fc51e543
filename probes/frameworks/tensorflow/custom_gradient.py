"""Give a function of one's own a gradient of one's own in TensorFlow."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from probes.differences import POINTS, slopes
from probes.differences import swish as reference
from probes.proof import Proof, close
from probes.source import tokens_of
from probes.workloads import Case


@tf.custom_gradient
def swish(x: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
    """Return x · sigmoid(x) with a gradient that keeps x alone in memory."""

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        """Return the derivative times what comes from above."""
        gate = tf.sigmoid(x)
        return upstream * gate * (1 + x * (1 - gate))

    return x * tf.sigmoid(x), gradient


def run(_case: Case) -> Proof:
    """Compare its slopes with finite differences of NumPy."""
    x = tf.constant(POINTS)
    with tf.GradientTape() as tape:
        tape.watch(x)
        answer = swish(x)
    return close(tape.gradient(answer, x).numpy(), slopes(reference), limit=1e-6, tokens=tokens_of(swish))
