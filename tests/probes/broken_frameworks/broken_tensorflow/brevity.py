"""A training that learns nothing."""

from __future__ import annotations

import keras

from probes.frameworks.tensorflow import brevity as right
from probes.workloads import Array

true_train = right.train


def train(model: keras.Model, inputs: Array, labels: Array) -> None:
    """Learn wrong answers."""
    true_train(model, inputs, (labels + 1) % 10)


vars(right).update(train=train)
run = right.run
