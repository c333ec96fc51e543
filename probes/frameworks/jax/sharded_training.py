"""Train a model split over two devices of a mesh: the steps of one device, with half of the weights on each."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
from flax import nnx
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from probes import python_process, replicas
from probes.frameworks.jax import interpreter, models
from probes.frameworks.jax.data_parallel import steps
from probes.proof import Proof
from probes.replicas import COUNT, STEPS
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Compare the weights, put together again, with those of one device."""
    whole = alone(str(case.folder))
    both = python_process.call(together, str(case.folder))
    shares = [held / whole["held"][0] for held in both["held"]]
    demands = {"no device holds more than 60 % of the weights": max(shares) <= 0.6}
    figures = {"largest_share": max(shares), "how": "jax.jit over a mesh of two processor devices"}
    return replicas.same(whole["weights"], [both["weights"]], demands, workload="mlp", **figures)


def alone(folder: str) -> dict[str, Any]:
    """Train on one device on the whole batch."""
    case = replicas.task("mlp")
    model = models.mlp(case.weights)
    steps(model, models.natural(case.inputs), models.natural(case.labels), STEPS)
    return kept(model, folder, "alone")


def together(folder: str) -> dict[str, Any]:
    """Train on two devices, each with its share of the batch and of the weights."""
    jax.config.update("jax_num_cpu_devices", COUNT)
    mesh = Mesh(np.array(jax.devices("cpu")), "both")
    split = NamedSharding(mesh, PartitionSpec("both"))
    case = replicas.task("mlp")
    model = models.mlp(case.weights)
    nnx.update(model, jax.device_put(nnx.state(model), split))
    inputs, labels = jax.device_put((case.inputs, case.labels.astype(np.int32)), split)
    steps(model, inputs, labels, STEPS)
    return kept(model, folder, "together")


def kept(model: interpreter.Model, folder: str, name: str) -> dict[str, Any]:
    """Keep the whole weights, and tell how many of them each device holds after the last step."""
    leaves = jax.tree.leaves(nnx.state(model))
    count = len(leaves[0].addressable_shards)
    held = [sum(leaf.addressable_shards[index].data.size for leaf in leaves) for index in range(count)]
    return {"weights": replicas.keep(models.weights_of(model), folder, name), "held": held}
