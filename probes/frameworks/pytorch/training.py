"""One training step in PyTorch: eager, and compiled."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from probes.cell import Training
from probes.frameworks.pytorch import models
from probes.frameworks.pytorch.compiler import require_compiler
from probes.workloads import Case


def eager(case: Case) -> Training:
    """Run the body of the usual training loop."""
    model = models.build(case).train()

    def loss_of(inputs: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(model(inputs), labels)

    return _training("eager", model, loss_of, case)


def compiled(case: Case) -> Training:
    """Run the same body with model and loss, forward and backward, through torch.compile."""
    require_compiler()
    model = models.build(case).train()

    @torch.compile(fullgraph=True, dynamic=False)
    def loss_of(inputs: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(model(inputs), labels)

    return _training("torch.compile of model and loss", model, loss_of, case)


def _training(how: str, model: nn.Module, loss_of: Callable[[Tensor, Tensor], Tensor], case: Case) -> Training:
    optimizer = torch.optim.SGD(model.parameters(), lr=case.learning_rate)
    inputs = models.natural(case.inputs)
    labels = torch.tensor(case.labels)

    def step() -> float:
        optimizer.zero_grad()
        loss = loss_of(inputs, labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return Training(
        how,
        call=step,
        logits=lambda: model(inputs).detach().numpy(),
        weights=lambda: models.weights_of(model),
    )


SETTINGS = {"out-of-the-box": (eager,), "best-known": (compiled,)}
