"""Data-dependent control flow through tf.function, whose AutoGraph rewrites Python's statements."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from probes import constructs
from probes.demands import judged
from probes.frameworks.tensorflow.dynamic_control_flow import CONSTRUCTS
from probes.proof import Proof
from probes.workloads import Array, Case


def run(_case: Case) -> Proof:
    """Trace each construct once, and answer on both ways through it."""
    verdicts = constructs.judge(captured)
    demands = {f"{name} gives the right answer on both ways": verdict == "right" for name, verdict in verdicts.items()}
    return judged(demands, how="tf.function", **verdicts)


def captured(name: str) -> Callable[[Array], Array]:
    """Return a construct, traced at its first call, as a function of arrays."""
    traced = tf.function(CONSTRUCTS[name])
    return lambda x: traced(tf.constant(x)).numpy()
