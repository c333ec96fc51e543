"""Kill a training process: whoever starts it again, it goes on from what Orbax's manager kept."""

from __future__ import annotations

from pathlib import Path

import orbax.checkpoint as ocp
from flax import nnx

from probes import python_process, replicas
from probes.frameworks.jax import models
from probes.frameworks.jax.data_parallel import steps
from probes.proof import Proof
from probes.replicas import STEPS
from probes.workloads import Case

LAST = STEPS - 1


def run(case: Case) -> Proof:
    """Compare the weights with those of a training that nobody disturbed, and read where each attempt began."""
    ended = python_process.fate(train, str(case.folder), "killed", LAST)
    python_process.call(train, str(case.folder), "resumed")
    begun = [int(line) for line in (case.folder / "begun.txt").read_text().split()]
    demands = {
        "the first attempt was killed": ended == "SIGKILL",
        "the second attempt goes on where the first was killed": begun == [0, LAST],
    }
    weights = [str(case.folder / "resumed.npz")]
    return replicas.same(alone(str(case.folder)), weights, demands, begun_at_step=begun, restarted_by="the recipe")


def alone(folder: str) -> str:
    """Train in this process without a break."""
    case = replicas.task()
    model = models.cnn(case.weights)
    steps(model, models.natural(case.inputs), models.natural(case.labels), STEPS)
    return replicas.keep(models.weights_of(model), folder, "alone")


def train(folder: str, name: str, killed_at: int = STEPS) -> str:
    """Go on from the last checkpoint, if there is one; `killed_at` is the step before which the process is killed."""
    case = replicas.task()
    model = models.cnn(case.weights)
    inputs, labels = models.natural(case.inputs), models.natural(case.labels)
    with ocp.CheckpointManager(Path(folder, "backup")) as manager:
        begun = manager.latest_step() or 0
        if begun:
            nnx.update(model, manager.restore(begun, args=ocp.args.StandardRestore(nnx.state(model))))
        with Path(folder, "begun.txt").open("a") as log:
            log.write(f"{begun}\n")
        for step in range(begun, STEPS):
            if step == killed_at:
                manager.wait_until_finished()
                python_process.die()
            steps(model, inputs, labels, 1)
            manager.save(step + 1, args=ocp.args.StandardSave(nnx.state(model)))
    return replicas.keep(models.weights_of(model), folder, name)
