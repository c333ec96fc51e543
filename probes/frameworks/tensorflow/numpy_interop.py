"""Share memory between NumPy and TensorFlow without a copy, and calculate with it in either."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Write into an array, and look for it in the tensor; ask for the tensor's array twice."""
    array = np.zeros(1024, np.float32)
    # Not tf.experimental.dlpack: it shares, but ends the process when the array does not begin at a multiple of 64.
    tensor = tf.convert_to_tensor(array)
    array[0] = 1
    figures = {
        "shares_from_numpy": float(tensor[0]) == 1,
        "shares_to_numpy": np.shares_memory(np.from_dlpack(tensor), np.from_dlpack(tensor)),
        "plus_operator": (tf.constant([1, 2]) + tf.constant([3, 4])).numpy().tolist() == [4, 6],
        "numpy_functions": np.allclose(np.exp(tf.ones(3)), np.e),
    }
    demands = {
        "a tensor shares the array's memory": figures["shares_from_numpy"],
        "an array shares the tensor's memory": figures["shares_to_numpy"],
        "the plus sign adds": figures["plus_operator"],
        "NumPy's functions take a tensor": figures["numpy_functions"],
    }
    return judged(demands, **figures)
