"""A training that finds no checkpoint, so that the second attempt begins anew."""

from __future__ import annotations

import sys

import torch

from probes import replicas
from probes.frameworks.pytorch import elastic_training as right
from probes.frameworks.pytorch import models

right.SCRIPT = [__file__]
run = right.run

if __name__ == "__main__":
    torch.load = lambda _file: {"model": models.cnn(replicas.task().weights).state_dict(), "done": 0}
    right.worker(sys.argv[1])
