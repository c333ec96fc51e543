"""Time to accuracy: the same network, the same weights, the same order of the digits, until 97 % are right.

The optimizer is SGD with momentum at a constant rate. Held-out digits are looked at after every epoch, and that time is
not counted; what tracing takes in the first epoch is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from probes import digits
from probes.arrays import Array, Weights
from probes.channel import ProbeError
from probes.figures import Figures
from probes.workloads import SEED, initial_weights

TARGET = 0.97
MOST_EPOCHS = 30
BATCH = 16
LEARNING_RATE = 0.02
MOMENTUM = 0.9
SEEDS = (SEED, SEED + 1, SEED + 2)
# Seconds after which no epoch begins any more: a seed takes a few on a machine that is free.
PATIENCE = 90.0


class Learner(Protocol):
    """The convolutional network in one framework, with its optimizer."""

    def epoch(self, images: Array, labels: Array) -> None:
        """Train on every image once, in this order, `BATCH` at a time."""

    def classes(self, images: Array) -> Array:
        """Return the most likely class of each image."""


def until_right(
    how: str, begin: Callable[[Weights], Learner], *, target: float = TARGET, seeds: Sequence[int] = SEEDS
) -> Figures:
    """Train from each seed until `target` of the held-out digits are right.

    Parameters
    ----------
    how : str
        The setting in words.
    begin : callable
        Makes a learner from weights.
    target : float
        Share of held-out digits.
    seeds : sequence of int
        Each gives weights and orders of its own, the same in every framework.

    Returns
    -------
    Figures
        ``training-time`` in seconds, ``epochs``, and the ``accuracy`` at the end, for every seed.

    Raises
    ------
    ProbeError
        ``refuted`` when 30 epochs were not enough; ``error`` when they took so long that the machine cannot have been
        free (`PATIENCE`) before even one seed was done.
    """
    end = time.perf_counter() + PATIENCE
    images, labels = digits.load()
    order = np.random.default_rng(SEED).permutation(len(images))
    parts = order[: digits.TRAINING], order[digits.TRAINING :]
    data = _Data(*((images[part], labels[part]) for part in parts))
    values: dict[str, list[float]] = {"training-time": [], "epochs": [], "accuracy": []}
    curves = []
    for seed in seeds:
        seconds, curve = _train(
            begin(initial_weights("cnn", seed)), np.random.default_rng([seed, 2]), data, target, end
        )
        if len(curve) == MOST_EPOCHS and curve[-1] < target:
            reached = f"{curve[-1]:.1%} after {MOST_EPOCHS} epochs, {max(curve):.1%} at best"
            raise ProbeError("refuted", f"{how}: {target:.0%} of the held-out digits were not reached: {reached}")
        if not curve or curve[-1] < target:
            break
        for metric, value in (("training-time", seconds), ("epochs", float(len(curve))), ("accuracy", curve[-1])):
            values[metric].append(value)
        curves.append(curve)
    if not curves:
        raise ProbeError("error", f"{how}: {PATIENCE:.0f} s were not enough for one seed: the machine is too busy")
    trained, held_out = (len(part) for part in parts)
    return Figures(how, values, {"target": target, "training": trained, "held_out": held_out, "accuracies": curves})


@dataclass(frozen=True)
class _Data:
    """Images with their labels: what is trained on, and what is held out."""

    training: tuple[Array, Array]
    held_out: tuple[Array, Array]


def _train(
    learner: Learner, rng: np.random.Generator, data: _Data, target: float, end: float
) -> tuple[float, list[float]]:
    """Return the seconds of the epochs and the accuracy after each, until one reaches `target` or time is up."""
    images, labels = data.training
    seconds, curve = 0.0, list[float]()
    while len(curve) < MOST_EPOCHS and time.perf_counter() < end:
        turn = rng.permutation(len(images))
        start = time.perf_counter()
        learner.epoch(images[turn], labels[turn])
        seconds += time.perf_counter() - start
        held_out, expected = data.held_out
        curve.append(float((learner.classes(held_out) == expected).mean()))
        if curve[-1] >= target:
            break
    return seconds, curve
