"""Kill a training after it saved a PyTorch checkpoint, and go on in a fresh process as if nothing had been."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from probes import damage, python_process
from probes.demands import judged
from probes.proof import Proof, size_of
from probes.workloads import Array, Case

SAVED, END = 3, 6


def run(case: Case) -> Proof:
    """Compare with a training that was never interrupted; then load damaged copies of the checkpoint."""
    checkpoint, weights = case.folder / "checkpoint.pt", case.folder / "weights.npy"
    expected = train(*fresh(), range(END))
    ended = python_process.fate(save_and_die, str(checkpoint))
    python_process.call(resume, str(checkpoint), str(weights))
    same = np.array_equal(np.load(weights), expected)
    detected = {"truncated": not loads(damage.truncated(checkpoint)), "flipped": not loads(damage.flipped(checkpoint))}
    demands = {
        "the first process was killed": ended == "SIGKILL",
        "the resumed weights are those of an uninterrupted training, bit by bit": same,
        "a truncated checkpoint is detected": detected["truncated"],
    }
    return judged(demands, same_bits=same, damage_detected=detected, checkpoint_bytes=size_of(checkpoint))


def fresh() -> tuple[nn.Module, torch.optim.Optimizer]:
    """Return a model and an optimizer that remembers."""
    torch.manual_seed(7)
    model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 10))
    return model, torch.optim.Adam(model.parameters(), lr=0.01)


def train(model: nn.Module, optimizer: torch.optim.Optimizer, steps: range) -> Array:
    """Make some steps, each on a batch of its own, and return the weights."""
    for step in steps:
        rng = np.random.default_rng(step)
        inputs = torch.tensor(rng.standard_normal((64, 32), dtype=np.float32))
        labels = torch.tensor(rng.integers(10, size=64))
        optimizer.zero_grad()
        F.cross_entropy(model(inputs), labels).backward()
        optimizer.step()
    return nn.utils.parameters_to_vector(model.parameters()).detach().numpy()


def save_and_die(checkpoint: str) -> None:
    """Train a while, save, and be killed."""
    model, optimizer = fresh()
    train(model, optimizer, range(SAVED))
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, checkpoint)
    python_process.die()


def resume(checkpoint: str, weights: str) -> None:
    """Load, and go on to the end."""
    model, optimizer = fresh()
    state = torch.load(checkpoint)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    np.save(weights, train(model, optimizer, range(SAVED, END)))


def loads(checkpoint: Path) -> bool:
    """Tell whether a checkpoint is accepted."""
    try:
        torch.load(checkpoint)
    except Exception:  # noqa: BLE001 - how a damaged file is refused depends on where the damage is
        return False
    return True
