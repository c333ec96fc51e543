"""Train on two workers with MultiWorkerMirroredStrategy over TCP, as on two machines: the steps of one alone."""

from __future__ import annotations

import json
import os
from typing import Any

import keras
import tensorflow as tf

from probes import replicas
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.replicas import BATCH, LOOPBACK, RATE, STEPS
from probes.tracebacks import first_line
from probes.workloads import Case

LOSS = {"from_logits": True, "reduction": "none"}


def run(case: Case) -> Proof:
    """Start the workers, and compare the weights of both with those of one; then ask Keras's own fit."""
    both = replicas.together(worker, replicas.free_ports(), str(case.folder))
    strategy = tf.distribute.get_strategy()
    model = models.cnn(replicas.task().weights)
    steps(strategy, model)
    kept = replicas.keep(models.weights_of(model), str(case.folder), "alone")
    weights = [each["weights"] for each in both]
    figures = {"how": "MultiWorkerMirroredStrategy, a loop of one's own", "keras_fit": both[0]["fit"]}
    return replicas.same(kept, weights, **figures)


def worker(rank: int, ports: list[int], folder: str) -> dict[str, Any]:
    """Train in this process on its share of the batch; TF_CONFIG tells it who and where the others are."""
    cluster = {"worker": [f"{LOOPBACK}:{port}" for port in ports]}
    os.environ["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": {"type": "worker", "index": rank}})
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    with strategy.scope():
        model = models.cnn(replicas.task().weights)
        model.compile(keras.optimizers.SGD(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    steps(strategy, model)
    kept = replicas.keep(models.weights_of(model), folder, f"worker-{rank}")
    return {"weights": kept, "fit": fit(model)}


def steps(strategy: tf.distribute.Strategy, model: keras.Model) -> None:
    """Make some steps of plain SGD on whatever workers there are."""
    case = replicas.task()
    batches = tf.data.Dataset.from_tensor_slices((case.inputs, case.labels)).batch(BATCH).repeat(STEPS)
    loss_of, optimizer = keras.losses.SparseCategoricalCrossentropy(**LOSS), keras.optimizers.SGD(RATE)
    with strategy.scope():
        optimizer.build(model.trainable_variables)

    @tf.function
    def step(inputs: tf.Tensor, labels: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            loss = tf.nn.compute_average_loss(loss_of(labels, model(inputs, training=True)), global_batch_size=BATCH)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    for inputs, labels in strategy.experimental_distribute_dataset(batches):
        strategy.run(step, args=(inputs, labels))


def fit(model: keras.Model) -> str:
    """Say what becomes of the one line that Keras's users write."""
    case = replicas.task()
    try:
        model.fit(tf.data.Dataset.from_tensors((case.inputs, case.labels)), shuffle=False, verbose=0)
    except Exception as error:  # noqa: BLE001 - to refuse is an answer
        return f"refused: {type(error).__name__}: {first_line(error)} … {str(error).splitlines()[-1]}"
    return "works"
