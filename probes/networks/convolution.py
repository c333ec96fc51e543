"""Convolutions of 3×3 with zero padding, and 2×2 max pooling: N×height×width×channel, kernels height×width×in×out.

Convolutions are matrix products over patches (im2col; Chellapilla, Puri, Simard 2006).
"""

from __future__ import annotations

import numpy as np

from probes.arrays import Array, Weights


def patches_of(x: Array) -> Array:
    """Return the zero-padded 3×3 neighbourhoods of N×H×W×C as (N·H·W)×(9·C), in the order of an HWIO kernel."""
    n, height, width, channels = x.shape
    padded = np.zeros((n, height + 2, width + 2, channels), x.dtype)
    padded[:, 1:-1, 1:-1] = x
    patches = np.empty((n, height, width, 3, 3, channels), x.dtype)
    for row in range(3):
        for column in range(3):
            patches[:, :, :, row, column] = padded[:, row : row + height, column : column + width]
    return patches.reshape(n * height * width, 9 * channels)


def convolve(weights: Weights, layer: str, x: Array) -> tuple[Array, Array]:
    """Return the convolution of `x`, and the patches that its gradient needs."""
    kernel = weights[f"{layer}_kernel"]
    patches = patches_of(x)
    result = patches @ kernel.reshape(-1, kernel.shape[-1]) + weights[f"{layer}_bias"]
    return result.reshape(*x.shape[:3], -1), patches


def kernel_gradients(
    weights: Weights, layer: str, patches: Array, upstream: Array, gradients: dict[str, Array]
) -> None:
    """Put the gradients of a convolution's weights into `gradients`."""
    kernel = weights[f"{layer}_kernel"]
    flat = upstream.reshape(-1, kernel.shape[-1])
    gradients[f"{layer}_kernel"] = (patches.T @ flat).reshape(kernel.shape)
    gradients[f"{layer}_bias"] = flat.sum(axis=0)


def convolve_backward(kernel: Array, upstream: Array) -> Array:
    """Return the gradient with respect to a convolution's input: a convolution with the kernel turned around."""
    turned = kernel[::-1, ::-1].transpose(0, 1, 3, 2)
    result = patches_of(upstream) @ turned.reshape(-1, turned.shape[-1])
    return result.reshape(*upstream.shape[:3], -1)


def pool(x: Array) -> Array:
    """Return the largest value of each 2×2 window."""
    result: Array = windows_of(x).max(axis=3)
    return result


def pool_backward(x: Array, pooled: Array, upstream: Array) -> Array:
    """Send the gradient to the first largest value of each 2×2 window."""
    windows = windows_of(x)
    first = windows == pooled[:, :, :, np.newaxis]
    first &= np.cumsum(first, axis=3, dtype=np.int8) == 1
    n, height, width, channels = pooled.shape
    spread = (first * upstream[:, :, :, np.newaxis]).reshape(n, height, width, 2, 2, channels)
    result: Array = spread.transpose(0, 1, 3, 2, 4, 5).reshape(x.shape)
    return result


def windows_of(x: Array) -> Array:
    """Return N×H×W×C as N×H/2×W/2×4×C: the four values of each 2×2 window side by side."""
    n, height, width, channels = x.shape
    split = x.reshape(n, height // 2, 2, width // 2, 2, channels)
    return split.transpose(0, 1, 3, 2, 4, 5).reshape(n, height // 2, width // 2, 4, channels)
