"""Train a model split over two devices with DTensor: the steps of one device, with half of the weights on each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf
from tensorflow.experimental import dtensor

from probes import python_process, replicas
from probes.proof import Proof
from probes.replicas import COUNT, RATE, STEPS
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Compare the weights, put together again, with those of one device; Keras's layers take no part in it."""
    whole = alone(str(case.folder))
    both = python_process.call(together, str(case.folder))
    shares = [held / whole["held"][0] for held in both["held"]]
    demands = {"no device holds more than 60 % of the weights": max(shares) <= 0.6}
    figures = {"largest_share": max(shares), "how": "DTensor, two logical CPU devices"}
    return replicas.same(whole["weights"], [both["weights"]], demands, workload="mlp", **figures)


def alone(folder: str) -> dict[str, Any]:
    """Train on one device on the whole batch."""
    case = replicas.task("mlp")
    variables = {name: tf.Variable(array) for name, array in case.weights.items()}
    steps(variables, tf.constant(case.inputs), tf.constant(case.labels))
    kept = replicas.keep({name: each.numpy() for name, each in variables.items()}, folder, "alone")
    return {"weights": kept, "held": [sum(each.shape.num_elements() for each in variables.values())]}


def together(folder: str) -> dict[str, Any]:
    """Train on two devices, each with its share of the batch and of the weights."""
    two = [tf.config.LogicalDeviceConfiguration()] * COUNT
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
    mesh = dtensor.create_mesh([("both", COUNT)], devices=["CPU:0", "CPU:1"])
    split, whole = (lambda rank: dtensor.Layout.batch_sharded(mesh, "both", rank)), dtensor.Layout.replicated

    case = replicas.task("mlp")
    variables = {}
    for name, array in case.weights.items():
        everywhere = dtensor.copy_to_mesh(tf.constant(array), whole(mesh, array.ndim))
        variables[name] = dtensor.DVariable(dtensor.relayout(everywhere, split(array.ndim)))
    inputs = dtensor.pack(tf.split(tf.constant(case.inputs), COUNT), split(2))
    labels = dtensor.pack(tf.split(tf.constant(case.labels), COUNT), split(1))
    steps(variables, inputs, labels, lambda weight: dtensor.relayout(weight, whole(mesh, weight.shape.rank)))

    shards = {name: dtensor.unpack(each.read_value()) for name, each in variables.items()}
    held = [sum(int(tf.size(each[device])) for each in shards.values()) for device in range(COUNT)]
    kept = replicas.keep({name: tf.concat(each, 0).numpy() for name, each in shards.items()}, folder, "together")
    return {"weights": kept, "held": held}


def steps(
    variables: Mapping[str, tf.Variable],
    inputs: tf.Tensor,
    labels: tf.Tensor,
    gathered: Callable[[tf.Tensor], tf.Tensor] = tf.identity,
) -> None:
    """Make some steps of plain SGD; each weight is gathered when its layer needs it."""

    @tf.function
    def step() -> None:
        with tf.GradientTape() as tape:
            weight = {name: gathered(each.read_value()) for name, each in variables.items()}
            x = tf.nn.relu(inputs @ weight["dense1_kernel"] + weight["dense1_bias"])
            x = tf.nn.relu(x @ weight["dense2_kernel"] + weight["dense2_bias"])
            logits = x @ weight["dense3_kernel"] + weight["dense3_bias"]
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        for each, gradient in zip(variables.values(), tape.gradient(loss, list(variables.values())), strict=True):
            each.assign_sub(RATE * gradient)

    for _ in range(STEPS):
        step()
