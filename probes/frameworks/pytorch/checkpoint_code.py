"""Load a PyTorch checkpoint from a stranger who put code into it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import torch

from probes.demands import judged
from probes.proof import Proof
from probes.tracebacks import first_line
from probes.workloads import Case


class Payload:
    """Makes a file when it is unpickled; it could as well delete one."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., None], tuple[str]]:
        return make, (str(self.mark),)


def make(mark: str) -> None:
    """Make the file."""
    Path(mark).touch()


def run(case: Case) -> Proof:
    """Load it as the tutorial does, and once more with all doors open."""
    checkpoint, mark = case.folder / "stranger.pt", case.folder / "code-ran"
    torch.save({"weights": torch.ones(3), "extra": Payload(mark)}, checkpoint)
    message = load(checkpoint)
    by_default = mark.exists()
    torch.load(checkpoint, weights_only=False)
    demands = {
        "loading runs no code from the file unless asked to": not by_default,
        "the file is refused": message is not None,
        "the file does hold code that would run": mark.exists(),
    }
    return judged(demands, runs_code_by_default=by_default, runs_code_when_asked=mark.exists(), refusal=message)


def load(checkpoint: Path) -> str | None:
    """Load with the defaults; return the first line of the refusal, if it is refused."""
    try:
        torch.load(checkpoint)
    except pickle.UnpicklingError as error:
        return first_line(error)
    return None
