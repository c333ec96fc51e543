"""Train a model split over two processes with FSDP2: the steps of one process, with half of the weights in each."""

from __future__ import annotations

import os
from typing import Any

import torch.distributed as dist
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard

from probes import replicas
from probes.frameworks.pytorch import models
from probes.frameworks.pytorch.data_parallel import steps
from probes.proof import Proof
from probes.replicas import COUNT, STEPS
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Compare the weights, put together again, with those of one process."""
    whole = alone(str(case.folder))
    both = replicas.together(together, str(case.folder))
    shares = [each["held"] / whole["held"] for each in both]
    demands = {"no process holds more than 60 % of the weights": max(shares) <= 0.6}
    weights, figures = [each["weights"] for each in both], {"largest_share": max(shares), "how": "fully_shard, gloo"}
    return replicas.same(whole["weights"], weights, demands, workload="mlp", **figures)


def alone(folder: str) -> dict[str, Any]:
    """Train in this process on the whole batch."""
    case = replicas.task("mlp")
    model = models.mlp(case.weights)
    held = sum(each.numel() for each in model.parameters())
    steps(model, case.inputs, case.labels, STEPS)
    return {"weights": replicas.keep(models.weights_of(model), folder, "alone"), "held": held}


def together(rank: int, folder: str) -> dict[str, Any]:
    """Train in this process on its share of the batch, with its share of the weights."""
    os.environ["GLOO_SOCKET_IFNAME"] = replicas.loopback()
    dist.init_process_group("gloo", f"file://{folder}/rendezvous", rank=rank, world_size=COUNT)
    case = replicas.task("mlp")
    model = models.mlp(case.weights)
    for layer in (*model.children(), model):
        fully_shard(layer, mesh=init_device_mesh("cpu", (COUNT,)))
    held = sum(each.to_local().numel() for each in model.parameters())
    steps(model, case.inputs[rank::COUNT], case.labels[rank::COUNT], STEPS)
    whole = models.mlp(case.weights)
    whole.load_state_dict(get_model_state_dict(model, options=StateDictOptions(full_state_dict=True)))
    dist.destroy_process_group()
    return {"weights": replicas.keep(models.weights_of(whole), folder, f"replica-{rank}"), "held": held}
