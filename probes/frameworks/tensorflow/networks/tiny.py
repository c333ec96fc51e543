"""Many tiny operations in TensorFlow."""

from __future__ import annotations

import tensorflow as tf

from probes.workloads import Array, Weights


class Tiny(tf.Module):
    """64 times x → tanh(x · scale + shift); scales and shifts are constants."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.steps = [
            (tf.constant(scale), tf.constant(shift))
            for scale, shift in zip(weights["scale"], weights["shift"], strict=True)
        ]

    def __call__(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:  # noqa: ARG002 - called as a Keras model is
        """Return the logits (N×10) of `x` (N×10)."""
        for scale, shift in self.steps:
            x = tf.tanh(x * scale + shift)
        return x

    def weights(self) -> dict[str, Array]:
        """Return a copy of the weights."""
        scales, shifts = zip(*self.steps, strict=True)
        return {"scale": tf.stack(scales).numpy(), "shift": tf.stack(shifts).numpy()}
