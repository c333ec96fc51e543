"""Two devices whose gradients are added instead of averaged."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from probes import replicas
from probes.frameworks.tensorflow import data_parallel as right
from probes.frameworks.tensorflow import models
from probes.replicas import COUNT, RATE


def together(folder: str) -> dict[str, Any]:
    two = [tf.config.LogicalDeviceConfiguration()] * COUNT
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
    case = replicas.task()
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        model = models.cnn(case.weights)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(COUNT * RATE), loss)
    return right.train(model, case.inputs, case.labels, folder)


right.together = together
run = right.run
