"""Put one number on a GPU with TensorFlow, and see how much of the card's memory is gone."""

from __future__ import annotations

import tensorflow as tf

from probes import card, python_process
from probes.channel import ProbeError
from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Case

SHARE = 0.1


def run(_case: Case) -> Proof:
    """Compare the card before a fresh process imports TensorFlow with the card while it holds the tensor."""
    before, total = card.used(), card.total()
    taken = (python_process.call(hold) - before) / total
    limited = (python_process.call(hold_within_limits) - before) / total
    demands = {f"one tensor leaves {1 - SHARE:.0%} of the card to others": taken <= SHARE}
    control = "tf.config.experimental.set_memory_growth"
    return judged(demands, share_taken=taken, share_taken_with_control=limited, control=control)


def hold() -> int:
    """Return what is taken of the card while the tensor lies there."""
    if not tf.config.list_physical_devices("GPU"):
        raise ProbeError("not_applicable", "this TensorFlow sees no NVIDIA GPU")
    with tf.device("/device:GPU:0"):
        tensor = tf.ones(1)
    taken = card.used()
    del tensor
    return taken


def hold_within_limits() -> int:
    """Do the same after asking for memory only as it is needed."""
    for device in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(device, True)
    return hold()
