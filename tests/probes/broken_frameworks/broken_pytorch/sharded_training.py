"""Two processes that each hold the whole model."""

from __future__ import annotations

from typing import Any

import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from probes import replicas
from probes.frameworks.pytorch import models
from probes.frameworks.pytorch import sharded_training as right
from probes.frameworks.pytorch.data_parallel import steps
from probes.replicas import COUNT, STEPS


def together(rank: int, folder: str) -> dict[str, Any]:
    dist.init_process_group("gloo", f"file://{folder}/rendezvous", rank=rank, world_size=COUNT)
    case = replicas.task("mlp")
    model = DistributedDataParallel(models.mlp(case.weights))
    steps(model, case.inputs[rank::COUNT], case.labels[rank::COUNT], STEPS)
    dist.destroy_process_group()
    held = sum(each.numel() for each in model.parameters())
    return {"weights": replicas.keep(models.weights_of(model.module), folder, f"replica-{rank}"), "held": held}


right.together = together
run = right.run
