"""What breaks PyTorch's recipes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from torch import Tensor

from tests.probes.broken import common
from tests.probes.broken.common import Break, Recipe, consumer, replaced


def without_breakpoint(recipe: Recipe) -> AbstractContextManager[object]:
    """Take the breakpoint out of the model."""

    class Silent(recipe.Watched):  # type: ignore[misc]
        def forward(self, x: Tensor) -> Tensor:
            return self.second(torch.relu(self.first(x)))

    return mock.patch.object(recipe, "Watched", Silent)


def not_compiled(_: Recipe) -> AbstractContextManager[object]:
    """Compile nothing: then a breakpoint shows what an eager one does, and the recipe must see that."""
    return mock.patch.object(torch, "compile", lambda model: model)


def undetected(_: Recipe) -> AbstractContextManager[object]:
    """Switch the detector off."""
    return mock.patch.object(torch.autograd, "detect_anomaly", nullcontext)


@contextmanager
def half_the_gradient(recipe: Recipe) -> Iterator[None]:
    """Halve the gradient that was written by hand."""
    real = recipe.Swish.backward

    def backward(context: Any, upstream: Tensor) -> Tensor:
        return real(context, upstream) / 2

    with mock.patch.object(recipe.Swish, "backward", staticmethod(backward)):
        yield


def another_weight(checkpoint: Path) -> None:
    """Change one weight in the least."""
    state = torch.load(checkpoint)
    state["model"]["0.bias"][0] += 1e-6
    torch.save(state, checkpoint)


def trusting(recipe: Recipe) -> AbstractContextManager[object]:
    """Load as PyTorch did before it was careful."""

    def load(checkpoint: Path) -> None:
        torch.load(checkpoint, weights_only=False)

    return mock.patch.object(recipe, "load", load)


def copying(_: Recipe) -> AbstractContextManager[object]:
    """Copy instead of sharing."""
    return mock.patch.object(torch, "from_numpy", torch.tensor)


@contextmanager
def other_inputs(recipe: Recipe) -> Iterator[None]:
    """Ask the package that the right recipe compiled with the inputs in another order."""

    def compiled(_: object, package_path: str) -> Path:
        return common.as_before(package_path)

    before = mock.patch.object(torch._inductor, "aoti_compile_and_package", compiled)
    with consumer("np.load(questions)", "np.load(questions)[::-1].copy()")(recipe), before:
        yield


PERTURBED = consumer("inputs = ", "next(model.parameters()).data *= 1.01\ninputs = ")

BREAKS: dict[str, dict[str, Break]] = common.BREAKS | {
    "debug-breakpoint": {"no breakpoint": without_breakpoint},
    "debug-breakpoint-compiled": {"not compiled": not_compiled},
    "debug-nan": {"no detector": undetected},
    "custom-gradient": {"half": half_the_gradient},
    "mixed-precision": {"float32": replaced("reduced", nullcontext)},
    "checkpoint": common.BREAKS["checkpoint"] | {"another weight": common.before_resuming(another_weight)},
    "checkpoint-code": {"trusting": trusting},
    "export-program": {"perturbed weights": PERTURBED},
    "export-torchscript": {"perturbed weights": PERTURBED},
    "export-ahead-of-time": {"other inputs": other_inputs},
    "numpy-interop": {"copies": copying},
    "quantization": common.BREAKS["quantization"] | {"still float32": replaced("in_int8", lambda program, _: program)},
}
