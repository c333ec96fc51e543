"""The input pipeline's work: pictures that have to be shuffled, augmented, made float32 and put into batches.

Each picture comes with its number instead of a class, so that the referee can tell which one came out. Augmentation is
that of He et al. (2016, arXiv:1512.03385), section 4.2: four pixels of zeros on each side, a random crop of the old
size, mirrored or not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from probes.arrays import Array
from probes.channel import ProbeError

WORKLOAD = "pictures"
COUNT, SIZE, CHANNELS = 512, 32, 3
PADDING = 4
# What standardises the pixels: any constants would do, as long as they are the same.
MEAN, SPREAD = 0.5, 0.25
LOOKED_AT = 24
LIMIT = 1e-5

Pass = Sequence[tuple[Array, Array]]


def drawn(rng: np.random.Generator) -> Array:
    """Return N×32×32×3 pixels, uint8, uniform."""
    return rng.integers(0, 256, (COUNT, SIZE, SIZE, CHANNELS), dtype=np.uint8)


def judge(how: str, originals: Array, one: Pass, other: Pass) -> float:
    """Hold two passes against what they should be, and return the largest relative error of a pixel.

    Every picture has to come once, in an order that differs from pass to pass; about half of them mirrored; and those
    that are looked at closely (`LOOKED_AT`) have to be a crop of the padded original, standardised.

    Parameters
    ----------
    how : str
        The setting, for the message.
    originals : array
        N×32×32×3, uint8.
    one, other : sequences of batches
        Pixels N×32×32×3, float32, and the numbers of the pictures.

    Raises
    ------
    ProbeError
        When something is not so.
    """
    orders = [np.concatenate([numbers for _, numbers in each]) for each in (one, other)]
    pixels = np.concatenate([batch for batch, _ in one])
    expected = np.arange(len(originals))
    for order in orders:
        _demand(how, "every picture comes once", np.array_equal(np.sort(order), expected))
    orders.append(expected)
    shuffled = all(
        (first != second).mean() > 0.5 for first, second in zip(orders, orders[1:] + orders[:1], strict=True)
    )
    _demand(how, "each pass has an order of its own", shuffled)
    whole = (len(originals), SIZE, SIZE, CHANNELS)
    _demand(how, f"the pixels are float32 of {whole}", pixels.dtype == np.float32 and pixels.shape == whole)
    found = [_nearest(pixels[place], originals[orders[0][place]]) for place in range(LOOKED_AT)]
    error = max(each for each, _, _ in found)
    _demand(how, "pictures are crops of the padded original, mirrored or not", error <= LIMIT)
    _demand(how, "some pictures are mirrored, some are not", len({mirrored for _, mirrored, _ in found}) == 2)
    _demand(how, "the crops differ", len({corner for _, _, corner in found}) > LOOKED_AT // 4)
    return error


def _nearest(picture: Array, original: Array) -> tuple[float, bool, tuple[int, int]]:
    """Return the error against the crop that fits, whether it is mirrored, and the corner of the crop."""
    padded = np.zeros((SIZE + 2 * PADDING, SIZE + 2 * PADDING, CHANNELS))
    padded[PADDING:-PADDING, PADDING:-PADDING] = original / 255
    padded = (padded - MEAN) / SPREAD
    scale = float(np.abs(padded).max())
    best: tuple[float, bool, tuple[int, int]] = (float("inf"), False, (0, 0))
    for mirrored in (False, True):
        seen = picture[:, ::-1] if mirrored else picture
        for row in range(2 * PADDING + 1):
            for column in range(2 * PADDING + 1):
                crop = padded[row : row + SIZE, column : column + SIZE]
                error = float(np.abs(seen - crop).max()) / scale
                # A mirrored crop is looked for in the mirror, so its corner is the one before mirroring.
                best = min(best, (error, mirrored, (row, column)))
    return best


def _demand(how: str, what: str, holds: bool) -> None:
    if not holds:
        raise ProbeError("error", f"{how}: it does not hold that {what}")
