"""Kill a training process: whoever starts it again, it goes on from what BackupAndRestore kept."""

from __future__ import annotations

from pathlib import Path

import keras
import tensorflow as tf

from probes import python_process, replicas
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.replicas import RATE, STEPS
from probes.workloads import Case

LAST = STEPS - 1


def run(case: Case) -> Proof:
    """Compare the weights with those of a training that nobody disturbed, and read where each attempt began."""
    ended = python_process.fate(train, str(case.folder), "killed", LAST)
    python_process.call(train, str(case.folder), "resumed")
    begun = [int(line) for line in (case.folder / "begun.txt").read_text().split()]
    demands = {
        "the first attempt was killed": ended == "SIGKILL",
        "the second attempt goes on where the first was killed": begun == [0, LAST],
    }
    weights = [str(case.folder / "resumed.npz")]
    return replicas.same(alone(str(case.folder)), weights, demands, begun_at_step=begun, restarted_by="the recipe")


def alone(folder: str) -> str:
    """Train in this process without a break."""
    return fit(folder, "alone", [])


def train(folder: str, name: str, killed_at: int = STEPS) -> str:
    """Go on from the backup, if there is one; `killed_at` is the step before which the process is killed."""
    begun: list[int] = []

    def begin(step: int, _logs: object) -> None:
        if not begun:
            with Path(folder, "begun.txt").open("a") as log:
                log.write(f"{step}\n")
        begun.append(step)
        if step == killed_at:
            python_process.die()

    watch = keras.callbacks.LambdaCallback(on_epoch_begin=begin)
    return fit(folder, name, [keras.callbacks.BackupAndRestore(Path(folder, "backup")), watch])


def fit(folder: str, name: str, callbacks: list[keras.callbacks.Callback]) -> str:
    """Train with an epoch for each step."""
    case = replicas.task()
    model = models.cnn(case.weights)
    model.compile(keras.optimizers.SGD(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    batch = tf.data.Dataset.from_tensors((case.inputs, case.labels))
    model.fit(batch, epochs=STEPS, shuffle=False, verbose=0, callbacks=callbacks)
    return replicas.keep(models.weights_of(model), folder, name)
