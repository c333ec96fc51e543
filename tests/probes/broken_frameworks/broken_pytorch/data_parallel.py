"""Two processes that train side by side and never exchange a gradient."""

from __future__ import annotations

from typing import Any

from probes import replicas
from probes.frameworks.pytorch import data_parallel as right
from probes.frameworks.pytorch import models
from probes.replicas import COUNT


def member(rank: int, folder: str) -> dict[str, Any]:
    case = replicas.task()
    model = models.cnn(case.weights)
    inputs, labels = case.inputs[rank::COUNT], case.labels[rank::COUNT]
    return right.train(model, inputs, labels, folder, f"replica-{rank}") | {"asynchronous": False}


right.member = member
run = right.run
