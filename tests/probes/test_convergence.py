"""Time to accuracy, on the NumPy reference as the learner."""

from __future__ import annotations

import numpy as np
import pytest

from probes import convergence, reference
from probes.arrays import Array, Weights
from probes.channel import ProbeError

pytestmark = pytest.mark.integration

pytest.importorskip("sklearn")


class Plain:
    """The reference network, trained as every framework trains it."""

    orders: list[Array]

    def __init__(self, weights: Weights) -> None:
        self.weights = dict(weights)
        self.velocity = {name: np.zeros_like(array) for name, array in weights.items()}

    def epoch(self, images: Array, labels: Array) -> None:
        self.orders.append(labels.copy())
        for first in range(0, len(images), convergence.BATCH):
            batch = slice(first, first + convergence.BATCH)
            _, gradients = reference.loss_and_gradients("cnn", self.weights, images[batch], labels[batch])
            for name, gradient in gradients.items():
                moved = np.float32(convergence.MOMENTUM) * self.velocity[name]
                self.velocity[name] = moved - np.float32(convergence.LEARNING_RATE) * gradient
                self.weights[name] = self.weights[name] + self.velocity[name]

    def classes(self, images: Array) -> Array:
        classes: Array = reference.forward("cnn", self.weights, images).argmax(axis=1)
        return classes


def test_it_trains_until_enough_are_right() -> None:
    Plain.orders = []
    found = convergence.until_right("NumPy", Plain, target=0.6, seeds=(1, 2))
    assert found.how == "NumPy"
    assert [len(curve) for curve in found.details["accuracies"]] == found.values["epochs"]
    for curve, accuracy in zip(found.details["accuracies"], found.values["accuracy"], strict=True):
        assert accuracy == curve[-1] >= 0.6
        assert all(before < 0.6 for before in curve[:-1])
    assert all(0 < seconds < 60 for seconds in found.values["training-time"])
    assert (found.details["training"], found.details["held_out"]) == (1197, 600)
    assert not np.array_equal(Plain.orders[0], Plain.orders[-1]), "every seed has an order of its own"


class Stubborn(Plain):
    def epoch(self, images: Array, labels: Array) -> None:
        """Learn nothing."""


def test_what_does_not_learn_is_refuted_with_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convergence, "MOST_EPOCHS", 2)
    says = r"97% of the held-out digits were not reached: \d+\.\d% after 2 epochs"
    with pytest.raises(ProbeError, match=says) as caught:
        convergence.until_right("NumPy", Stubborn, seeds=(1,))
    assert caught.value.outcome == "refuted"


def test_a_machine_that_is_too_busy_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convergence, "PATIENCE", 0.0)
    with pytest.raises(ProbeError, match="0 s were not enough for one seed: the machine is too busy") as caught:
        convergence.until_right("NumPy", Stubborn, seeds=(1,))
    assert caught.value.outcome == "error"
