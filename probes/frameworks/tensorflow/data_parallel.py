"""Train on two devices with MirroredStrategy: they must take the steps of one device on the whole batch."""

from __future__ import annotations

import time
from typing import Any

import keras
import tensorflow as tf

from probes import python_process, replicas
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.replicas import COUNT, RATE, STEPS, TIMED
from probes.source import changed_lines
from probes.workloads import Array, Case, Weights


def run(case: Case) -> Proof:
    """Compare the weights of both with those of one."""
    one = python_process.call(alone, str(case.folder), threads=1)
    both = python_process.call(together, str(case.folder), threads=COUNT)
    return replicas.same(
        one["weights"][0],
        both["weights"],
        how="MirroredStrategy, two logical CPU devices",
        scaling=one["seconds"] / both["seconds"],
        full_copy_per_replica=both["parameters"] == one["parameters"] * COUNT,
        changed_lines=changed_lines(alone, together),
    )


def alone(folder: str) -> dict[str, Any]:
    """Train on one device, on the whole batch."""
    case = replicas.task()
    model = models.cnn(case.weights)
    model.compile(keras.optimizers.SGD(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return train(model, case.inputs, case.labels, folder)


def together(folder: str) -> dict[str, Any]:
    """Train on two devices, each on its share of the batch."""
    two = [tf.config.LogicalDeviceConfiguration()] * COUNT
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
    case = replicas.task()
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        model = models.cnn(case.weights)
        model.compile(keras.optimizers.SGD(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return train(model, case.inputs, case.labels, folder)


def train(model: keras.Model, images: Array, classes: Array, folder: str) -> dict[str, Any]:
    """Make some steps and keep the weights of each replica; then time some more."""
    batch = tf.data.Dataset.from_tensors((images, classes))

    def steps(count: int) -> float:
        clock = Clock()
        model.fit(batch.repeat(count), shuffle=False, verbose=0, callbacks=[clock])
        return clock.seconds / (count - 1)

    steps(STEPS)
    copies = [copies_of(model, replica) for replica in range(model.distribute_strategy.num_replicas_in_sync)]
    kept = [replicas.keep(copy, folder, f"{len(copies)}-{index}") for index, copy in enumerate(copies)]
    return {
        "weights": kept,
        "seconds": steps(TIMED),
        "parameters": sum(each.size for copy in copies for each in copy.values()),
    }


class Clock(keras.callbacks.Callback):
    """Takes the time of all steps but the first: before it, `fit` spreads the data over the replicas."""

    def on_train_batch_begin(self, batch: int, **_: object) -> None:
        """Start at the second step."""
        if batch == 1:
            self.began = time.perf_counter()

    def on_train_end(self, *_: object) -> None:
        """Stop."""
        self.seconds = time.perf_counter() - self.began


def copies_of(model: keras.Model, replica: int) -> Weights:
    """Return the weights that one replica holds."""
    held = model.distribute_strategy.experimental_local_results
    layers = [layer for layer in model.layers if layer.weights]
    kernels = {f"{layer.name}_kernel": held(layer.kernel.value)[replica].numpy() for layer in layers}
    return kernels | {f"{layer.name}_bias": held(layer.bias.value)[replica].numpy() for layer in layers}
