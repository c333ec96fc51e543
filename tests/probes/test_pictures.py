"""The referee of the input pipeline accepts what is right and names what is wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from probes import pictures
from probes.arrays import Array
from probes.channel import ProbeError
from probes.workloads import synthetic

Batches = list[tuple[Array, Array]]
ORIGINALS = synthetic("pictures", {"batch": 64}).inputs


def honest(seed: int, *, mirrors: bool = True, crops: bool = True) -> Batches:
    """One pass in plain NumPy."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(ORIGINALS))
    made = np.empty((len(order), 32, 32, 3), np.float32)
    for place, number in enumerate(order):
        padded = np.pad(ORIGINALS[number] / 255, ((4, 4), (4, 4), (0, 0)))
        row, column = rng.integers(0, 9, 2) if crops else (4, 4)
        crop = padded[row : row + 32, column : column + 32]
        made[place] = ((crop[:, ::-1] if mirrors and rng.random() < 0.5 else crop) - 0.5) / 0.25
    return [(made[first : first + 64], order[first : first + 64]) for first in range(0, len(order), 64)]


def test_an_honest_pass_is_right_within_rounding() -> None:
    assert 0 < pictures.judge("by hand", ORIGINALS, honest(1), honest(2)) < 1e-6


def twice(batches: Batches) -> Batches:
    return [*batches[:-1], batches[0]]


def brighter(batches: Batches) -> Batches:
    return [(pixels * np.float32(1.001), numbers) for pixels, numbers in batches]


def swapped(batches: Batches) -> Batches:
    return [(pixels[::-1], numbers) for pixels, numbers in batches]


def doubled(batches: Batches) -> Batches:
    return [(pixels.astype(np.float64), numbers) for pixels, numbers in batches]


def sideways(batches: Batches) -> Batches:
    return [(pixels.swapaxes(1, 2), numbers) for pixels, numbers in batches]


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (twice, "every picture comes once"),
        (brighter, "crops of the padded original"),
        (swapped, "crops of the padded original"),
        (sideways, "crops of the padded original"),
        (doubled, "the pixels are float32"),
        (lambda _: honest(1, mirrors=False), "some pictures are mirrored"),
        (lambda _: honest(1, crops=False), "the crops differ"),
    ],
)
def test_what_is_wrong_is_named(spoil: Callable[[Batches], Batches], what: str) -> None:
    with pytest.raises(ProbeError, match=what) as caught:
        pictures.judge("by hand", ORIGINALS, spoil(honest(1)), honest(2))
    assert caught.value.outcome == "error"


def test_a_pass_in_the_order_of_another_is_not_shuffled() -> None:
    with pytest.raises(ProbeError, match="an order of its own"):
        pictures.judge("by hand", ORIGINALS, honest(1), honest(1))
