"""Kill one of two training processes: torchrun starts both again, and they go on from the last checkpoint."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from probes import programs, python_process, replicas
from probes.frameworks.pytorch import models
from probes.frameworks.pytorch.data_parallel import steps
from probes.proof import Proof
from probes.replicas import COUNT, STEPS
from probes.workloads import Case

LAUNCH = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={COUNT}"]
# By default the second attempt reads the killed workers' addresses from the store that the agent shares with them
# (github.com/pytorch/pytorch/issues/135712), and Gloo cannot connect.
OWN_STORE = {"TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}
SCRIPT = ["-m", __name__]
LAST = STEPS - 1


def run(case: Case) -> Proof:
    """Compare the weights with those of a training that nobody disturbed, and read where each attempt began."""
    launch = [*LAUNCH, "--max-restarts=1", *SCRIPT, str(case.folder)]
    programs.run(launch, environment=programs.python_path() | replicas.apart() | OWN_STORE)
    begun = [int(line) for line in (case.folder / "begun.txt").read_text().split()]
    demands = {"the second attempt goes on where the first was killed": begun == [0, LAST]}
    figures: dict[str, Any] = {
        "begun_at_step": begun,
        "restarted_by": "torchrun",
        "needs": "TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1",
    }
    return replicas.same(alone(str(case.folder)), [str(case.folder / "resumed.npz")], demands, **figures)


def alone(folder: str) -> str:
    """Train in this process without a break, on the whole batch."""
    case = replicas.task()
    model = models.cnn(case.weights)
    steps(model, case.inputs, case.labels, STEPS)
    return replicas.keep(models.weights_of(model), folder, "alone")


def worker(folder: str) -> None:
    """Go on from the checkpoint, if there is one; the first time, one process is killed before the last step."""
    dist.init_process_group("gloo")
    rank, case, checkpoint = dist.get_rank(), replicas.task(), Path(folder, "checkpoint.pt")
    model, done = models.cnn(case.weights), 0
    if checkpoint.exists():
        state = torch.load(checkpoint)
        model.load_state_dict(state["model"])
        done = state["done"]
    if rank == 0:
        with Path(folder, "begun.txt").open("a") as log:
            log.write(f"{done}\n")
    replica = DistributedDataParallel(model)
    for step in range(done, STEPS):
        if step == LAST and rank == 1 and os.environ["TORCHELASTIC_RESTART_COUNT"] == "0":
            python_process.die()
        steps(replica, case.inputs[rank::COUNT], case.labels[rank::COUNT], 1)
        if rank == 0:
            torch.save({"model": model.state_dict(), "done": step + 1}, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)
        dist.barrier()
    if rank == 0:
        replicas.keep(models.weights_of(model), folder, "resumed")
    dist.destroy_process_group()


if __name__ == "__main__":
    worker(sys.argv[1])
