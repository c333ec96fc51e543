"""Run and train the CNN in bfloat16 with autocast: the answers agree with float32, and really are bfloat16."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
import torch.nn.functional as F

from probes import bfloat16
from probes.demands import judged
from probes.frameworks.pytorch import models
from probes.proof import Proof, relative_error
from probes.workloads import Array, Case

STEPS = 20


def run(case: Case) -> Proof:
    """Compare logits and the loss after twenty steps with those of float32."""
    logits, loss, dtype = train(case, reduced)
    exact_logits, exact_loss, _ = train(case, nullcontext)
    error, loss_error = relative_error(logits, exact_logits), abs(loss - exact_loss) / exact_loss
    demands = {
        "the logits were computed in bfloat16": bfloat16.on_grid(logits),
        "the weights stay in float32": dtype == "float32",
        f"the logits agree within {bfloat16.LIMIT:.0%}": error <= bfloat16.LIMIT,
        f"the loss after training agrees within {bfloat16.LIMIT:.0%}": loss_error <= bfloat16.LIMIT,
    }
    return judged(demands, max_relative_error=error, loss_relative_error=loss_error, weights_dtype=dtype, steps=STEPS)


def reduced() -> torch.autocast:
    """Return the context in which operations run in bfloat16 where that is safe."""
    return torch.autocast("cpu", torch.bfloat16)


def train(case: Case, precision: Callable[[], AbstractContextManager[None]]) -> tuple[Array, float, str]:
    """Return the first logits, the loss after training, and the dtype of the weights."""
    model = models.cnn(case.weights)
    optimizer = torch.optim.SGD(model.parameters(), lr=case.learning_rate)
    inputs, labels = models.natural(case.inputs), torch.tensor(case.labels)
    history = []
    for _ in range(STEPS + 1):
        optimizer.zero_grad()
        with precision():
            logits = model(inputs)
            loss = F.cross_entropy(logits, labels)
        history.append((logits.detach().float().numpy(), loss.item()))
        loss.backward()
        optimizer.step()
    return history[0][0], history[-1][1], str(model.dense1.weight.dtype).removeprefix("torch.")
