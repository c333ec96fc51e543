"""Inputs of twenty lengths through tf.function: how often the model is captured anew."""

from __future__ import annotations

import tensorflow as tf

from probes import attention
from probes.demands import judged
from probes.proof import LIMIT, Proof, relative_error
from probes.workloads import Case

LENGTHS = range(5, 25)


def attend(x: tf.Tensor) -> tf.Tensor:
    """Return one self-attention (length × features) without weights."""
    return tf.nn.softmax(x @ tf.transpose(x) / x.shape[-1] ** 0.5, axis=-1) @ x


def run(_case: Case) -> Proof:
    """Count as the framework decides by itself, when it is asked for one graph, and when it is told what varies."""
    by_default, error = count()
    asked, asked_error = count(reduce_retracing=True)
    told, told_error = count(input_signature=[tf.TensorSpec((None, attention.FEATURES))])
    worst = max(error, asked_error, told_error)
    demands = {"the answers are right at every length": worst <= LIMIT, "one capture is enough when told": told == 1}
    captures = {"by_default": by_default, "asked": asked, "told": told}
    return judged(demands, captures=captures, lengths=len(LENGTHS), max_relative_error=worst)


def count(reduce_retracing: bool = False, input_signature: list[tf.TensorSpec] | None = None) -> tuple[int, float]:
    """Return the number of captures over all lengths, and the largest relative error against NumPy."""
    compiled = tf.function(attend, reduce_retracing=reduce_retracing, input_signature=input_signature)
    errors = []
    for length in LENGTHS:
        x = tf.constant(attention.sequence(length))
        errors.append(relative_error(compiled(x).numpy(), attention.attend(x.numpy())))
    return compiled.experimental_get_tracing_count(), max(errors)
