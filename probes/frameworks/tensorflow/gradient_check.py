"""Compare gradients with finite differences: a right one passes TensorFlow's own check, a wrong one does not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Case

Gradient = Callable[[tf.Tensor], tf.Tensor]
LIMIT = 1e-4


@tf.custom_gradient
def cube(x: tf.Tensor) -> tuple[tf.Tensor, Gradient]:
    """Return x³ with its gradient: 3x² times what comes from above."""
    return x**3, lambda upstream: upstream * 3 * x**2


@tf.custom_gradient
def wrong_cube(x: tf.Tensor) -> tuple[tf.Tensor, Gradient]:
    """Return x³ with a wrong gradient: forget the factor."""
    return x**3, lambda upstream: upstream * x**2


def run(_case: Case) -> Proof:
    """Check both."""
    passes, caught = check(cube), not check(wrong_cube)
    demands = {"the right gradient passes": passes, "the wrong gradient is caught": caught}
    return judged(demands, how="tf.test.compute_gradient", right_passes=passes, wrong_caught=caught)


def check(function: Callable[[tf.Tensor], tf.Tensor]) -> bool:
    """Tell whether a function's gradient agrees with finite differences in float64."""
    x = tf.linspace(tf.constant(-1, tf.float64), 1, 5)
    analytic, numeric = tf.test.compute_gradient(function, [x])
    return bool(np.allclose(analytic, numeric, rtol=0, atol=LIMIT))
