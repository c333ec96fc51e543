"""Inputs of twenty lengths through tf.function: how often the model is captured anew."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from probes.demands import judged
from probes.proof import LIMIT, Proof, relative_error
from probes.workloads import Case

LENGTHS = range(5, 25)
FEATURES = 8


def attention(x: tf.Tensor) -> tf.Tensor:
    """Return one self-attention (length × features) without weights."""
    return tf.nn.softmax(x @ tf.transpose(x) / FEATURES**0.5, axis=-1) @ x


def run(_case: Case) -> Proof:
    """Count captures as the framework decides by itself, and when it is told that the length varies."""
    captures, errors = {}, []
    for how, told in {"by_default": None, "told": [tf.TensorSpec((None, FEATURES))]}.items():
        captures[how], error = count(told)
        errors.append(error)
    demands = {
        "the answers are right at every length": max(errors) <= LIMIT,
        "one capture is enough when told that the length varies": captures["told"] == 1,
    }
    return judged(demands, lengths=len(LENGTHS), captures=captures, max_relative_error=max(errors))


def count(signature: list[tf.TensorSpec] | None) -> tuple[int, float]:
    """Return the number of captures over all lengths, and the largest relative error against NumPy."""
    compiled = tf.function(attention, input_signature=signature)
    rng = np.random.default_rng(0)
    errors = []
    for length in LENGTHS:
        x = rng.standard_normal((length, FEATURES), dtype=np.float32)
        scores = np.exp(x @ x.T / FEATURES**0.5)
        expected = scores / scores.sum(axis=-1, keepdims=True) @ x
        errors.append(relative_error(compiled(tf.constant(x)).numpy(), expected))
    return compiled.experimental_get_tracing_count(), max(errors)
