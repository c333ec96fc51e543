"""One training step in PyTorch: eager, and compiled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from probes.cell import Double, Training
from probes.frameworks.pytorch import interpreter, models
from probes.frameworks.pytorch.compiler import require_compiler
from probes.workloads import Array, Case, Weights

Loss: TypeAlias = Callable[[tuple[Tensor, ...], Tensor], Tensor]
Compiler: TypeAlias = Callable[[Loss], Loss]


def eager(case: Case) -> Training:
    """Run the body of the usual training loop."""
    return _training("eager", models.build(case).train(), models.feeds(case), case)


def channels_last(case: Case) -> Training:
    """Run the same body with images in the memory format that suits processors."""
    model, inputs = models.channels_last(models.build(case).train(), models.feeds(case))
    return _training(models.described("eager", inputs), model, inputs, case)


def compiled(case: Case) -> Training:
    """Run the same body with model and loss, forward and backward, through torch.compile."""
    require_compiler()
    model, inputs = models.channels_last(models.build(case).train(), models.feeds(case))
    compiler = torch.compile(fullgraph=True, dynamic=False)
    return _training(models.described("torch.compile of model and loss", inputs), model, inputs, case, compiler)


def sparse_tables(case: Case) -> Training | None:
    """Run the same body with embeddings of which only the rows that a batch names get a gradient."""
    if not any(node.op == "embedding" for node in case.network.nodes):
        return None
    model = models.build(case, sparse=True).train()
    return _training("eager, nn.Embedding(sparse=True)", model, models.feeds(case), case)


def _training(
    how: str, model: nn.Module, inputs: tuple[Tensor, ...], case: Case, compiler: Compiler | None = None
) -> Training:
    target = _target(case, inputs)
    optimizer = torch.optim.SGD(model.parameters(), lr=case.learning_rate)

    def plain(inputs: tuple[Tensor, ...], target: Tensor) -> Tensor:
        return _loss(case, model(*inputs), target)

    loss_of: Loss = compiler(plain) if compiler else plain

    def step() -> float:
        optimizer.zero_grad()
        loss = loss_of(inputs, target)
        loss.backward()
        optimizer.step()
        return loss.item()

    def logits() -> Array:
        model.eval()
        with torch.no_grad():
            answer = models.array(model(*inputs))
        model.train()
        return answer

    return Training(
        how,
        call=step,
        logits=logits,
        weights=lambda: models.weights_of(model),
        compiled=compiler is not None,
        double=partial(_double, case),
    )


def _double(case: Case, steps: int) -> Double:
    """Take the steps in float64, with the model as written."""
    model = models.build(case).double().train()
    inputs = tuple(each.double() if each.is_floating_point() else each for each in models.feeds(case))
    target, optimizer = _target(case, inputs), torch.optim.SGD(model.parameters(), lr=case.learning_rate)
    gradients: Weights = {}
    for number in range(steps):
        optimizer.zero_grad()
        _loss(case, model(*inputs), target).backward()
        if number == 0:
            found = interpreter.gradients_of(model)
            gradients = {name: found[name] for name in case.network.trained()}
        optimizer.step()
    return Double(gradients, models.weights_of(model))


def _target(case: Case, inputs: tuple[Tensor, ...]) -> Tensor:
    return inputs[0] if case.network.loss == "mean-squared-error" else torch.tensor(case.labels)


def _loss(case: Case, answer: Tensor, target: Tensor) -> Tensor:
    measure = F.mse_loss if case.network.loss == "mean-squared-error" else F.cross_entropy
    return measure(answer, target)


SETTINGS = {"out-of-the-box": (eager,), "best-known": (compiled, channels_last, sparse_tables)}
