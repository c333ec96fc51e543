"""A training that keeps no backup, so that the second attempt begins anew."""

from __future__ import annotations

import keras

from probes.frameworks.tensorflow import elastic_training as right
from probes.replicas import STEPS

true_train = right.train


def train(folder: str, name: str, killed_at: int = STEPS) -> str:
    keras.callbacks.BackupAndRestore = lambda _folder: keras.callbacks.Callback()
    return true_train(folder, name, killed_at)


right.train = train
run = right.run
