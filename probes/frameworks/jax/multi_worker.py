"""Train on two processes that jax.distributed brings together over TCP, as on two machines: the steps of one alone."""

from __future__ import annotations

import os
from typing import Any

import jax
import numpy as np
from flax import nnx
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from probes import python_process, replicas
from probes.frameworks.jax import models
from probes.frameworks.jax.data_parallel import alone, train
from probes.proof import Proof
from probes.replicas import COUNT, LOOPBACK
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Start the workers, and compare the weights of both with those of one."""
    one = python_process.call(alone, str(case.folder), threads=1)
    both = replicas.together(worker, *replicas.free_ports(1), str(case.folder))
    scaling = one["seconds"] / max(each["seconds"] for each in both)
    weights = [file for each in both for file in each["weights"]]
    return replicas.same(one["weights"][0], weights, how="jax.distributed, gloo over TCP", scaling=scaling)


def worker(rank: int, port: int, folder: str) -> dict[str, Any]:
    """Train in this process on its share of the batch; the first worker is the meeting point."""
    os.environ |= replicas.apart()
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(
        f"{LOOPBACK}:{port}",
        COUNT,
        rank,
        coordinator_bind_address=f"{LOOPBACK}:{port}",
        cluster_detection_method="deactivate",
    )
    jax.config.update("jax_default_device", jax.local_devices()[0])
    mesh = Mesh(np.array(jax.devices("cpu")), "batch")
    split, everywhere = (NamedSharding(mesh, PartitionSpec(*axes)) for axes in (("batch",), ()))
    case = replicas.task()
    model = models.cnn(case.weights)
    share = slice(rank * len(case.labels) // COUNT, (rank + 1) * len(case.labels) // COUNT)
    nnx.update(
        model,
        jax.tree.map(
            lambda array: jax.make_array_from_process_local_data(everywhere, np.asarray(array)), nnx.state(model)
        ),
    )
    inputs = jax.make_array_from_process_local_data(split, case.inputs[share])
    labels = jax.make_array_from_process_local_data(split, case.labels[share].astype(np.int32))
    os.makedirs(f"{folder}/{rank}", exist_ok=True)
    result = train(model, inputs, labels, f"{folder}/{rank}")
    jax.distributed.shutdown()
    return result
