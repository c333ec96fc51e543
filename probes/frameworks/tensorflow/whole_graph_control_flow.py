"""Data-dependent control flow as one graph without Python: what a SavedModel needs to ship a model."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from probes import constructs
from probes.frameworks.tensorflow.dynamic_control_flow import CONSTRUCTS
from probes.proof import Proof
from probes.workloads import Array, Case

ROWS = tf.TensorSpec((None, 4), tf.float32)


def run(_case: Case) -> Proof:
    """Capture each construct whole, in every way there is, and answer on both ways through it."""
    return constructs.whole(
        {
            "tf.function": constructs.judge(traced),
            "tf.function(jit_compile=True)": constructs.judge(compiled),
        }
    )


def traced(name: str) -> Callable[[Array], Array]:
    """Return the graph of a construct for any number of rows."""
    graph = tf.function(CONSTRUCTS[name]).get_concrete_function(ROWS)
    return lambda x: graph(tf.constant(x)).numpy()


def compiled(name: str) -> Callable[[Array], Array]:
    """Return the graph of a construct, compiled by XLA."""
    graph = tf.function(CONSTRUCTS[name], jit_compile=True).get_concrete_function(ROWS)
    return lambda x: graph(tf.constant(x)).numpy()
