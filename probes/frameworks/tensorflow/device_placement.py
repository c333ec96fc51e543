"""Say where TensorFlow puts a tensor: nowhere named, named, and on a device that is not there."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from probes import python_process
from probes.demands import judged
from probes.proof import Proof
from probes.tracebacks import first_line
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Look in a fresh process, whose devices nobody has touched."""
    seen = python_process.call(look)
    demands = {
        "a model runs without naming a device": seen["runs_without_device"],
        "a tensor lies where it was put": seen["placed"] == seen["asked"],
        "the memory taken on an accelerator can be limited": seen["memory_controls"] != [],
    }
    return judged(demands, **seen)


def look() -> dict[str, Any]:
    """Return the devices, and where tensors went."""
    # Two logical devices on one processor: the second is there on every machine, and it is not the default.
    (processor,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
    devices = [device.name for device in tf.config.list_logical_devices()]
    unnamed = keras.layers.Dense(2)(tf.ones((1, 2))).device
    with tf.device("/device:CPU:1"):
        placed = tf.ones(1).device
    try:
        with tf.device("/device:GPU:99"):
            missing = short(tf.ones(1).device)
    except (RuntimeError, tf.errors.InvalidArgumentError) as error:
        missing = f"refused: {first_line(error)}"
    controls = ["set_memory_growth", "set_virtual_device_configuration"]
    return {
        "devices": devices,
        "runs_without_device": short(unnamed) in devices,
        "unnamed": short(unnamed),
        "asked": "/device:CPU:1",
        "placed": short(placed),
        "missing_device": missing,
        "memory_controls": [
            f"tf.config.experimental.{name}" for name in controls if hasattr(tf.config.experimental, name)
        ],
    }


def short(device: str) -> str:
    """Return a device's name without job, replica and task, as it is listed."""
    return device[device.index("/device:") :]
