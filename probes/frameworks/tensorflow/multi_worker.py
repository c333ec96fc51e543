"""Train on two workers with MultiWorkerMirroredStrategy over TCP, as on two machines: the steps of one alone."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from probes import python_process, replicas
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.replicas import BATCH, LOOPBACK, RATE, STEPS, TIMED
from probes.tracebacks import first_line
from probes.workloads import Case

LOSS = {"from_logits": True, "reduction": "none"}


def run(case: Case) -> Proof:
    """Start the workers, and compare the weights of both with those of one; then ask Keras's own fit."""
    one = python_process.call(alone, str(case.folder), threads=1)
    both = replicas.together(worker, replicas.free_ports(), str(case.folder))
    figures = {"how": "MultiWorkerMirroredStrategy, a loop of one's own", "keras_fit": both[0]["fit"]}
    scaling = one["seconds"] / max(each["seconds"] for each in both)
    return replicas.same(one["weights"], [each["weights"] for each in both], scaling=scaling, **figures)


def alone(folder: str) -> dict[str, Any]:
    """Train in this process on the whole batch."""
    return train(tf.distribute.get_strategy(), models.cnn(replicas.task().weights), folder, "alone")


def worker(rank: int, ports: list[int], folder: str) -> dict[str, Any]:
    """Train in this process on its share of the batch; TF_CONFIG tells it who and where the others are."""
    cluster = {"worker": [f"{LOOPBACK}:{port}" for port in ports]}
    os.environ["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": {"type": "worker", "index": rank}})
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    with strategy.scope():
        model = models.cnn(replicas.task().weights)
        model.compile(keras.optimizers.SGD(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    result = train(strategy, model, folder, f"worker-{rank}")
    return result | {"fit": fit(model)}


def train(strategy: tf.distribute.Strategy, model: keras.Model, folder: str, name: str) -> dict[str, Any]:
    """Make some steps and keep the weights; then time some more."""
    steps = trainer(strategy, model)
    steps(STEPS)
    return {"weights": replicas.keep(models.weights_of(model), folder, name), "seconds": steps(TIMED)}


def trainer(strategy: tf.distribute.Strategy, model: keras.Model) -> Callable[[int], float]:
    """Return what makes some steps of plain SGD on whatever workers there are, and times all but the first."""
    case = replicas.task()
    batch = tf.data.Dataset.from_tensor_slices((case.inputs, case.labels)).batch(BATCH)
    loss_of, optimizer = keras.losses.SparseCategoricalCrossentropy(**LOSS), keras.optimizers.SGD(RATE)
    with strategy.scope():
        optimizer.build(model.trainable_variables)

    def share(inputs: tf.Tensor, labels: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            loss = tf.nn.compute_average_loss(loss_of(labels, model(inputs, training=True)), global_batch_size=BATCH)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    @tf.function
    def step(inputs: tf.Tensor, labels: tf.Tensor) -> None:
        strategy.run(share, args=(inputs, labels))

    def steps(count: int) -> float:
        began = 0.0
        for number, (inputs, labels) in enumerate(strategy.experimental_distribute_dataset(batch.repeat(count))):
            if number == 1:
                began = time.perf_counter()
            step(inputs, labels)
        return (time.perf_counter() - began) / (count - 1)

    return steps


def fit(model: keras.Model) -> str:
    """Say what becomes of the one line that Keras's users write."""
    case = replicas.task()
    try:
        model.fit(tf.data.Dataset.from_tensors((case.inputs, case.labels)), shuffle=False, verbose=0)
    except Exception as error:  # noqa: BLE001 - to refuse is an answer
        return f"refused: {type(error).__name__}: {first_line(error)} … {str(error).splitlines()[-1]}"
    return "works"
