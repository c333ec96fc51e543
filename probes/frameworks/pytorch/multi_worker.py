"""Train on two workers that torchrun brings together over TCP, as it would two machines: the steps of one alone."""

from __future__ import annotations

import sys
from pathlib import Path

import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from probes import programs, python_process, replicas
from probes.frameworks.pytorch import models
from probes.frameworks.pytorch.data_parallel import alone, train
from probes.proof import Proof
from probes.replicas import COUNT, LOOPBACK
from probes.workloads import Case

AGENT = [sys.executable, "-m", "torch.distributed.run", f"--nnodes={COUNT}", "--rdzv-backend=c10d", "--local-addr"]
SCRIPT = ["-m", __name__]


def run(case: Case) -> Proof:
    """Start one agent per worker, and compare the weights of both workers with those of one."""
    one = python_process.call(alone, str(case.folder), threads=1)
    (port,) = replicas.free_ports(1)
    agent = [*AGENT, LOOPBACK, f"--rdzv-endpoint={LOOPBACK}:{port}", *SCRIPT, str(case.folder)]
    programs.run(*[agent] * COUNT, environment=programs.python_path() | replicas.apart())
    weights = [str(case.folder / f"worker-{rank}.npz") for rank in range(COUNT)]
    seconds = [float((case.folder / f"seconds-{rank}").read_text()) for rank in range(COUNT)]
    how, scaling = "torchrun, DistributedDataParallel, gloo over TCP", one["seconds"] / max(seconds)
    return replicas.same(one["weights"], weights, how=how, scaling=scaling)


def worker(folder: str) -> None:
    """Train in this process on its share of the batch; torchrun has told it who and where the others are."""
    dist.init_process_group("gloo")
    rank, case = dist.get_rank(), replicas.task()
    model = DistributedDataParallel(models.cnn(case.weights))
    result = train(model, case.inputs[rank::COUNT], case.labels[rank::COUNT], folder, f"worker-{rank}")
    Path(folder, f"seconds-{rank}").write_text(str(result["seconds"]))
    dist.destroy_process_group()


if __name__ == "__main__":
    worker(sys.argv[1])
