"""Find a gradient that becomes NaN with TensorFlow's check of numerics; it names the operation or the line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from probes.demands import judged
from probes.proof import Proof
from probes.tracebacks import detection, line_of
from probes.workloads import Case

OPERATION = r'NaN in output \d+ of [\w-]+ op "(\w+)"'
Function = Callable[[tf.Tensor], tf.Tensor]


def distance(x: tf.Tensor) -> tf.Tensor:
    """Return the length of x: zero at zero, where its gradient is 0 · ∞."""
    return tf.sqrt(tf.reduce_sum(x * x))


def logarithm(x: tf.Tensor) -> tf.Tensor:
    """Return what is NaN at zero already in the forward pass."""
    return tf.reduce_sum(tf.math.log(x - 1))


def run(_case: Case) -> Proof:
    """Differentiate both at zero with the detector on, as they are and compiled."""
    planted, forward = line_of(distance, "tf.sqrt"), line_of(logarithm, "tf.math.log")
    found = {
        "backward": detect(gradient, distance, planted),
        "backward_compiled": detect(tf.function(gradient), distance, planted),
        "forward": detect(gradient, logarithm, forward),
        "forward_compiled": detect(tf.function(gradient), logarithm, forward),
    }
    seen = found["backward"]
    demands = {
        "the detector finds the gradient": seen["found"],
        "it names the operation or the line": bool(seen["operation"]) or seen["line"] != "no",
    }
    return judged(demands, detector="tf.debugging.enable_check_numerics", **found)


def detect(differentiate: Callable[..., tf.Tensor], function: Function, planted: tuple[str, int]) -> dict[str, Any]:
    """Return what the detector says."""
    tf.debugging.enable_check_numerics()
    try:
        differentiate(function, tf.zeros(3))
    except tf.errors.InvalidArgumentError as error:
        return detection(error, OPERATION, planted)
    finally:
        tf.debugging.disable_check_numerics()
    return detection(None, OPERATION, planted)


def gradient(function: Function, x: tf.Tensor) -> tf.Tensor:
    """Return the derivative of a function."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        answer = function(x)
    return tape.gradient(answer, x)
