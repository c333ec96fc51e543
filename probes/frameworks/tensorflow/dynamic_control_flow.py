"""Data-dependent control flow in TensorFlow, run as it is written."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from probes import constructs
from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Array, Case


def branch(x: tf.Tensor) -> tf.Tensor:
    """Take one of two ways, chosen by the sum."""
    if tf.reduce_sum(x) > 0:
        return x * 2
    return x - 1


def loop(x: tf.Tensor) -> tf.Tensor:
    """Halve as often as the norm asks for."""
    while tf.norm(x) > 1:
        x = x / 2
    return x


def rows(x: tf.Tensor) -> tf.Tensor:
    """Go through the rows and keep a running value."""
    total = tf.zeros_like(x[0])
    for row in x:
        total = total / 2 + row
    return total


def number(x: tf.Tensor) -> tf.Tensor:
    """Make a Python number of a tensor and go on with it."""
    return x * float(tf.reduce_max(x))


CONSTRUCTS = {"if": branch, "while": loop, "for": rows, "number": number}


def run(_case: Case) -> Proof:
    """Answer on both ways through each construct; differentiate both ways of the branch."""
    verdicts = constructs.judge(as_written)
    slopes = [slope(x) for x in constructs.INPUTS]
    demands = {f"{name} gives the right answer on both ways": verdict == "right" for name, verdict in verdicts.items()}
    demands |= {"the gradient follows the way that was taken": slopes == [2.0, 1.0]}
    return judged(demands, **verdicts, slopes=slopes)


def as_written(name: str) -> Callable[[Array], Array]:
    """Return a construct as a function of arrays."""
    return lambda x: CONSTRUCTS[name](tf.constant(x)).numpy()


def slope(array: Array) -> float:
    """Return the derivative of the branch at its first element."""
    x = tf.Variable(array)
    with tf.GradientTape() as tape:
        answer = tf.reduce_sum(branch(x))
    return float(tape.gradient(answer, x)[0, 0])
