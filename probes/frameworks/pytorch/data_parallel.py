"""Train on two processes with DistributedDataParallel: they must take the steps of one process on the whole batch."""

from __future__ import annotations

import os
import time
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from probes import python_process, replicas
from probes.frameworks.pytorch import models
from probes.proof import Proof
from probes.replicas import COUNT, RATE, STEPS, TIMED
from probes.source import changed_lines
from probes.workloads import Array, Case


def run(case: Case) -> Proof:
    """Compare the weights of both with those of one."""
    one = python_process.call(alone, str(case.folder), threads=1)
    both = replicas.together(member, str(case.folder))
    return replicas.same(
        one["weights"],
        [each["weights"] for each in both],
        how="DistributedDataParallel, gloo",
        scaling=one["seconds"] / max(each["seconds"] for each in both),
        full_copy_per_replica=all(each["parameters"] == one["parameters"] for each in both),
        asynchronous_collectives=all(each["asynchronous"] for each in both),
        changed_lines=changed_lines(alone, together),
    )


def alone(folder: str) -> dict[str, Any]:
    """Train in this process on the whole batch."""
    case = replicas.task()
    model = models.cnn(case.weights)
    return train(model, case.inputs, case.labels, folder, "alone")


def together(rank: int, folder: str) -> dict[str, Any]:
    """Train in this process on its share of the batch."""
    dist.init_process_group("gloo", f"file://{folder}/rendezvous", rank=rank, world_size=COUNT)
    case = replicas.task()
    model = DistributedDataParallel(models.cnn(case.weights))
    return train(model, case.inputs[rank::COUNT], case.labels[rank::COUNT], folder, f"replica-{rank}")


def train(model: nn.Module, images: Array, classes: Array, folder: str, name: str) -> dict[str, Any]:
    """Make some steps and keep the weights; then time some more."""
    steps(model, images, classes, STEPS)
    kept = replicas.keep(models.weights_of(getattr(model, "module", model)), folder, name)
    began = time.perf_counter()
    steps(model, images, classes, TIMED)
    seconds = (time.perf_counter() - began) / TIMED
    return {"weights": kept, "seconds": seconds, "parameters": sum(each.numel() for each in model.parameters())}


def steps(model: nn.Module, images: Array, classes: Array, count: int) -> None:
    """Make some steps of plain SGD."""
    inputs, labels = models.natural(images), torch.from_numpy(classes)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    for _ in range(count):
        optimizer.zero_grad()
        F.cross_entropy(model(inputs), labels).backward()
        optimizer.step()


def member(rank: int, folder: str) -> dict[str, Any]:
    """Be one of the two: train, then talk to the other one without waiting."""
    os.environ["GLOO_SOCKET_IFNAME"] = replicas.loopback()
    result = together(rank, folder)
    mine, sent, received = torch.tensor([rank + 1.0]), torch.tensor([float(rank)]), torch.zeros(1)
    pending = [dist.all_reduce(mine, async_op=True), dist.isend(sent, 1 - rank), dist.irecv(received, 1 - rank)]
    for each in pending:
        each.wait()
    dist.destroy_process_group()
    return result | {"asynchronous": mine.item() == 3.0 and received.item() == 1.0 - rank}
