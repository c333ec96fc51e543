"""From the probes' layout of images to an artifact's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from probes.arrays import Array


def arranged(inputs: Array, shape: Sequence[int | None]) -> Array:
    """Return `inputs` (N×height×width×channel) as a dense array in the layout that an artifact's input shape asks for.

    Parameters
    ----------
    inputs : array
        Images in the probes' layout.
    shape : sequence of int or None
        The artifact's input shape: channels last (kept) or channels first (rearranged). Its first dimension is the
        batch and is not compared; None matches every size.

    Raises
    ------
    ValueError
        When the shape is neither.
    """
    for candidate in (inputs, np.moveaxis(inputs, -1, 1)):
        if len(shape) == candidate.ndim and all(
            want is None or want == size for want, size in zip(shape[1:], candidate.shape[1:], strict=True)
        ):
            # A copy, not ascontiguousarray: with one channel that keeps strides which compiled code takes for another
            # layout, and then answers something else (AOTInductor does).
            return np.array(candidate, order="C")
    raise ValueError(f"an artifact with the input shape {tuple(shape)} cannot take images of shape {inputs.shape}")
