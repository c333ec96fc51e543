"""Stop in the middle of a PyTorch model with ``breakpoint()``: at each call, and with the values there."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from probes.breakpoints import watch
from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Array, Case

CALLS = 2


class Watched(nn.Module):
    """Two layers with a breakpoint between them."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 5)
        self.second = nn.Linear(5, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Return the answer; stop on the way."""
        hidden = torch.relu(self.first(x))
        breakpoint()
        return self.second(hidden)


def run(_case: Case) -> Proof:
    """Call the model twice."""
    model = Watched()
    seen = stops(model, model.first)
    demands = {"every call stops with the values between the layers": seen["hidden"] == CALLS}
    return judged(demands, calls=CALLS, **seen)


def stops(model: Callable[[Tensor], Tensor], first: nn.Linear) -> dict[str, int]:
    """Return what is seen at the breakpoint of a model whose first layer is `first`."""
    x = torch.eye(4)
    expected = {"x": x.numpy(), "hidden": torch.relu(first(x)).detach().numpy()}
    return watch(lambda: [model(x) for _ in range(CALLS)], value, expected)


def value(local: object) -> Array | None:
    """Return the numbers of a tensor."""
    return local.detach().numpy() if isinstance(local, Tensor) else None
