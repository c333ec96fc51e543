"""Train twice from one seed in PyTorch: the weights are equal bit by bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from probes import python_process
from probes.demands import judged
from probes.proof import Proof, relative_error
from probes.workloads import Array, Case

SEEDS = (7, 7)


def run(case: Case) -> Proof:
    """Train in two fresh processes with two threads each, and in a third one with one thread."""
    first, second = (trained(case.folder, seed, threads=2) for seed in SEEDS)
    alone = trained(case.folder, SEEDS[0], threads=1)
    same = np.array_equal(first, second)
    return judged(
        {"two trainings from one seed give the same bits": same},
        same_bits=same,
        same_bits_with_one_thread=np.array_equal(first, alone),
        one_thread_max_relative_difference=relative_error(alone, first),
    )


def trained(folder: Path, seed: int, threads: int) -> Array:
    """Return the weights of a training in a fresh process."""
    python_process.call(train, seed, str(folder / "weights.npy"), threads=threads)
    return np.load(folder / "weights.npy")


def train(seed: int, file: str) -> None:
    """Draw weights, data, order and dropout from one seed; train; save all weights as one row."""
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.2), nn.Linear(512, 10))
    data = TensorDataset(torch.randn(1024, 784), torch.randint(10, (1024,)))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for inputs, labels in DataLoader(data, batch_size=64, shuffle=True):
        optimizer.zero_grad()
        F.cross_entropy(model(inputs), labels).backward()
        optimizer.step()
    np.save(file, nn.utils.parameters_to_vector(model.parameters()).detach().numpy())
