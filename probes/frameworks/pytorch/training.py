"""One training step in PyTorch: eager, and compiled."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from probes.cell import Training
from probes.frameworks.pytorch import models
from probes.frameworks.pytorch.compiler import require_compiler
from probes.frameworks.pytorch.networks.network import Network
from probes.frameworks.pytorch.networks.recommender import Recommender
from probes.workloads import Case

Loss = Callable[[Tensor, Tensor], Tensor]
Compiler = Callable[[Loss], Loss]


def eager(case: Case) -> Training:
    """Run the body of the usual training loop."""
    return _training("eager", models.build(case).train(), models.natural(case.inputs), case)


def channels_last(case: Case) -> Training:
    """Run the same body with images in the memory format that suits processors."""
    model, inputs = models.channels_last(models.build(case).train(), models.natural(case.inputs))
    return _training(models.described("eager", inputs), model, inputs, case)


def compiled(case: Case) -> Training:
    """Run the same body with model and loss, forward and backward, through torch.compile."""
    require_compiler()
    model, inputs = models.channels_last(models.build(case).train(), models.natural(case.inputs))
    compiler = torch.compile(fullgraph=True, dynamic=False)
    return _training(models.described("torch.compile of model and loss", inputs), model, inputs, case, compiler)


def sparse_tables(case: Case) -> Training | None:
    """Run the same body with embeddings of which only the rows that a batch names get a gradient."""
    if case.workload != "recommender":
        return None
    model = Recommender(sparse=True).load(case.weights).train()
    return _training("eager, nn.Embedding(sparse=True)", model, models.natural(case.inputs), case)


def _training(how: str, model: Network, inputs: Tensor, case: Case, compiler: Compiler | None = None) -> Training:
    labels = torch.tensor(case.labels)
    optimizer = torch.optim.SGD(model.parameters(), lr=case.learning_rate)

    def plain(inputs: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(model(inputs), labels)

    loss_of: Loss = compiler(plain) if compiler else plain

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
        compiled=compiler is not None,
    )


SETTINGS = {"out-of-the-box": (eager,), "best-known": (compiled, channels_last, sparse_tables)}
