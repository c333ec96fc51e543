"""Stop in a model under tf.function with ``breakpoint()``: at each call, and with the values there."""

from __future__ import annotations

import tensorflow as tf

from probes.demands import judged
from probes.frameworks.tensorflow.debug_breakpoint import CALLS, Watched, stops
from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Call the compiled model twice, and twice more with the switch that turns compilation off."""
    model = Watched()
    compiled = tf.function(model)
    seen = stops(compiled, model.first)
    tf.config.run_functions_eagerly(True)
    switched = stops(compiled, model.first)
    tf.config.run_functions_eagerly(False)
    demands = {"every call stops with the values between the layers": seen["hidden"] == CALLS}
    return judged(demands, calls=CALLS, **seen, switched_off=switched, switch="tf.config.run_functions_eagerly(True)")
