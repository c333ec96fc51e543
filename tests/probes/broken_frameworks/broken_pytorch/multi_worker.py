"""Two workers that find each other, of which one takes the other's share of the batch."""

from __future__ import annotations

import sys

import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from probes import replicas
from probes.frameworks.pytorch import models
from probes.frameworks.pytorch import multi_worker as right
from probes.frameworks.pytorch.data_parallel import steps
from probes.replicas import COUNT, STEPS


def worker(folder: str) -> None:
    dist.init_process_group("gloo")
    case = replicas.task()
    model = DistributedDataParallel(models.cnn(case.weights))
    steps(model, case.inputs[::COUNT], case.labels[::COUNT], STEPS)
    replicas.keep(models.weights_of(model.module), folder, f"worker-{dist.get_rank()}")
    dist.destroy_process_group()


right.SCRIPT = [__file__]
run = right.run

if __name__ == "__main__":
    worker(sys.argv[1])
