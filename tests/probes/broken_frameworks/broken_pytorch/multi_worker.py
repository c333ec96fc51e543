"""Two workers that find each other, of which one takes the other's share of the batch."""

from __future__ import annotations

import sys
from pathlib import Path

import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from probes import replicas
from probes.frameworks.pytorch import models
from probes.frameworks.pytorch import multi_worker as right
from probes.frameworks.pytorch.data_parallel import train
from probes.replicas import COUNT


def worker(folder: str) -> None:
    dist.init_process_group("gloo")
    case = replicas.task()
    model = DistributedDataParallel(models.cnn(case.weights))
    train(model, case.inputs[::COUNT], case.labels[::COUNT], folder, f"worker-{dist.get_rank()}")
    Path(folder, f"seconds-{dist.get_rank()}").write_text("1")
    dist.destroy_process_group()


right.SCRIPT = [__file__]
run = right.run

if __name__ == "__main__":
    worker(sys.argv[1])
