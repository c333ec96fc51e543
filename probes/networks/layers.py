"""The parts that networks share: drawing weights; dense layers, softmax and normalisation with their gradients."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from probes.arrays import Array, Weights

EPSILON = 1e-5


def he(rng: Generator, shape: tuple[int, ...]) -> Array:
    """Return a float32 kernel after He et al. (2015, arXiv:1502.01852): normal, variance 2 / fan-in."""
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(np.sqrt(2 / np.prod(shape[:-1])))


def plain(rng: Generator, shape: tuple[int, ...]) -> Array:
    """Return a float32 kernel of variance 1 / fan-in, for what no ReLU follows."""
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(np.sqrt(1 / np.prod(shape[:-1])))


def small(rng: Generator, size: int) -> Array:
    """Return a float32 bias: drawn (standard deviation 0.05) instead of zero, so that parity would notice its loss."""
    return rng.standard_normal(size, dtype=np.float32) * np.float32(0.05)


def dense(weights: Weights, layer: str, x: Array) -> Array:
    """Return x·kernel + bias over the last axis."""
    result: Array = x @ weights[f"{layer}_kernel"] + weights[f"{layer}_bias"]
    return result


def dense_gradients(layer: str, x: Array, upstream: Array, gradients: dict[str, Array]) -> None:
    """Put the gradients of a dense layer's weights into `gradients`."""
    rows, flat = x.reshape(-1, x.shape[-1]), upstream.reshape(-1, upstream.shape[-1])
    gradients[f"{layer}_kernel"] = rows.T @ flat
    gradients[f"{layer}_bias"] = flat.sum(axis=0)


def dense_backward(weights: Weights, layer: str, x: Array, upstream: Array, gradients: dict[str, Array]) -> Array:
    """Put the gradients of a dense layer's weights into `gradients`, and return the one with respect to `x`."""
    dense_gradients(layer, x, upstream, gradients)
    result: Array = upstream @ weights[f"{layer}_kernel"].T
    return result


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(−x))."""
    result: Array = 0.5 * (1 + np.tanh(0.5 * x))
    return result


def softmax(x: Array) -> Array:
    """Return the softmax over the last axis."""
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    result: Array = powers / powers.sum(axis=-1, keepdims=True)
    return result


def softmax_backward(probabilities: Array, upstream: Array) -> Array:
    """Return the gradient with respect to what the softmax was taken of."""
    result: Array = probabilities * (upstream - (upstream * probabilities).sum(axis=-1, keepdims=True))
    return result


def normalised(weights: Weights, layer: str, x: Array) -> tuple[Array, tuple[Array, Array]]:
    """Return layer normalisation over the last axis (Ba et al. 2016, arXiv:1607.06450), and what its gradient needs."""
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = 1 / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
    standard = centred * spread
    return standard * weights[f"{layer}_scale"] + weights[f"{layer}_shift"], (standard, spread)


def normalised_backward(
    weights: Weights, layer: str, kept: tuple[Array, Array], upstream: Array, gradients: dict[str, Array]
) -> Array:
    """Put the gradients of scale and shift into `gradients`, and return the one with respect to the input."""
    standard, spread = kept
    rows = tuple(range(upstream.ndim - 1))
    gradients[f"{layer}_scale"] = (upstream * standard).sum(axis=rows)
    gradients[f"{layer}_shift"] = upstream.sum(axis=rows)
    inner = upstream * weights[f"{layer}_scale"]
    mean, along = inner.mean(axis=-1, keepdims=True), (inner * standard).mean(axis=-1, keepdims=True)
    result: Array = spread * (inner - mean - standard * along)
    return result
