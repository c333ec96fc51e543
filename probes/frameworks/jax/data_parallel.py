"""Train on two devices of one mesh: they must take the steps of one device on the whole batch."""

from __future__ import annotations

import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from probes import python_process, replicas
from probes.frameworks.jax import interpreter, models
from probes.proof import Proof
from probes.replicas import COUNT, RATE, STEPS, TIMED
from probes.source import changed_lines
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Compare the weights of both with those of one."""
    one = python_process.call(alone, str(case.folder), threads=1)
    both = python_process.call(together, str(case.folder), threads=COUNT)
    return replicas.same(
        one["weights"][0],
        both["weights"],
        how="jax.jit over a mesh of two processor devices",
        scaling=one["seconds"] / both["seconds"],
        full_copy_per_replica=both["parameters"] == one["parameters"] * COUNT,
        changed_lines=changed_lines(alone, together),
    )


def alone(folder: str) -> dict[str, Any]:
    """Train on one device, on the whole batch."""
    case = replicas.task()
    model = models.cnn(case.weights)
    inputs, labels = jnp.array(case.inputs), jnp.array(case.labels)
    return train(model, inputs, labels, folder)


def together(folder: str) -> dict[str, Any]:
    """Train on two devices, each on its share of the batch."""
    jax.config.update("jax_num_cpu_devices", COUNT)
    mesh = Mesh(np.array(jax.devices("cpu")), "batch")
    split, everywhere = (NamedSharding(mesh, PartitionSpec(*axes)) for axes in (("batch",), ()))
    case = replicas.task()
    model = models.cnn(case.weights)
    nnx.update(model, jax.device_put(nnx.state(model), everywhere))
    inputs, labels = jax.device_put((case.inputs, case.labels.astype(np.int32)), split)
    return train(model, inputs, labels, folder)


def train(model: interpreter.Model, inputs: jax.Array, labels: jax.Array, folder: str) -> dict[str, Any]:
    """Make some steps and keep the weights of each replica; then time some more."""
    steps(model, inputs, labels, STEPS)
    copies = copies_of(model)
    kept = [replicas.keep(copy, folder, f"{len(copies)}-{index}") for index, copy in enumerate(copies)]
    began = time.perf_counter()
    steps(model, inputs, labels, TIMED)
    return {
        "weights": kept,
        "seconds": (time.perf_counter() - began) / TIMED,
        "parameters": sum(each.size for copy in copies for each in copy.values()),
    }


@nnx.jit
def step_of(model: interpreter.Model, inputs: jax.Array, labels: jax.Array) -> None:
    """Make one step of plain SGD."""

    def loss_of(model: interpreter.Model) -> jax.Array:
        return optax.softmax_cross_entropy_with_integer_labels(model(inputs), labels).mean()

    gradients = nnx.grad(loss_of)(model)
    nnx.update(model, jax.tree.map(lambda weight, slope: weight - RATE * slope, nnx.state(model, nnx.Param), gradients))


def steps(model: interpreter.Model, inputs: jax.Array, labels: jax.Array, count: int) -> None:
    """Make some steps, and wait for the last."""
    for _ in range(count):
        step_of(model, inputs, labels)
    jax.block_until_ready(nnx.state(model))


def copies_of(model: interpreter.Model) -> list[dict[str, np.ndarray]]:
    """Return the weights that each replica holds."""
    pure = nnx.to_pure_dict(nnx.state(model))
    count = len(jax.tree.leaves(pure)[0].addressable_shards)
    held = [
        jax.tree.map(lambda array, index=index: array.addressable_shards[index].data, pure) for index in range(count)
    ]
    return [interpreter.arrays_of(model.network, each) for each in held]
