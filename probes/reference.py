"""The referee: the networks' forward pass, gradients and SGD in plain NumPy, to be read beside the mathematics.

The arithmetic follows the dtype of the weights: float64 to judge the frameworks, float32 to train quickly. Convolutions
are matrix products over patches (im2col; Chellapilla, Puri, Simard 2006).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from probes.workloads import Array, Weights


def as_float64(weights: Weights) -> dict[str, Array]:
    """Return the weights in float64."""
    return {name: array.astype(np.float64) for name, array in weights.items()}


def forward(workload: str, weights: Weights, inputs: Array) -> Array:
    """Return the logits (N×10) in the dtype of the weights."""
    return forward_keeping(workload, weights, inputs)[0]


def forward_keeping(workload: str, weights: Weights, inputs: Array) -> tuple[Array, Any]:
    """Return the logits, and the intermediate results that `backward` needs."""
    return _FORWARD[workload](weights, inputs.astype(_dtype(weights)))


def backward(workload: str, weights: Weights, kept: Any, upstream: Array) -> dict[str, Array]:
    """Return the gradient with respect to every weight, from the gradient with respect to the logits."""
    return _BACKWARD[workload](weights, kept, upstream)


def loss_and_gradients(workload: str, weights: Weights, inputs: Array, labels: Array) -> tuple[float, dict[str, Array]]:
    """Return the mean softmax cross entropy and its gradient with respect to every weight."""
    logits, kept = forward_keeping(workload, weights, inputs)
    loss, upstream = cross_entropy(logits, labels)
    return loss, backward(workload, weights, kept, upstream)


def sgd(
    workload: str, weights: Weights, inputs: Array, labels: Array, *, learning_rate: float, steps: int
) -> dict[str, Array]:
    """Return the weights after `steps` steps of plain SGD on the same batch."""
    current = dict(weights)
    rate = _dtype(weights).type(learning_rate)
    for _ in range(steps):
        _, gradients = loss_and_gradients(workload, current, inputs, labels)
        current = {name: array - rate * gradients[name] for name, array in current.items()}
    return current


def cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    """Return the mean softmax cross entropy and its gradient with respect to the logits (N×10)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    gradient = np.exp(log_probabilities)
    gradient[rows, labels] -= 1
    return float(-log_probabilities[rows, labels].mean()), gradient / logits.dtype.type(len(labels))


def _mlp(weights: Weights, x: Array) -> tuple[Array, Any]:
    h1 = np.maximum(_dense(weights, "dense1", x), 0)
    h2 = np.maximum(_dense(weights, "dense2", h1), 0)
    return _dense(weights, "dense3", h2), (x, h1, h2)


def _mlp_backward(weights: Weights, kept: Any, upstream: Array) -> dict[str, Array]:
    x, h1, h2 = kept
    gradients: dict[str, Array] = {}
    upstream = _dense_backward(weights, "dense3", h2, upstream, gradients) * (h2 > 0)
    upstream = _dense_backward(weights, "dense2", h1, upstream, gradients) * (h1 > 0)
    _dense_backward(weights, "dense1", x, upstream, gradients)
    return gradients


def _cnn(weights: Weights, x: Array) -> tuple[Array, Any]:
    c1, patches1 = _convolve(weights, "conv1", x)
    r1 = np.maximum(c1, 0)
    p1 = _pool(r1)
    c2, patches2 = _convolve(weights, "conv2", p1)
    r2 = np.maximum(c2, 0)
    p2 = _pool(r2)
    flat = p2.reshape(len(p2), -1)
    h = np.maximum(_dense(weights, "dense1", flat), 0)
    return _dense(weights, "dense2", h), (patches1, r1, p1, patches2, r2, p2, flat, h)


def _cnn_backward(weights: Weights, kept: Any, upstream: Array) -> dict[str, Array]:
    patches1, r1, p1, patches2, r2, p2, flat, h = kept
    gradients: dict[str, Array] = {}
    upstream = _dense_backward(weights, "dense2", h, upstream, gradients) * (h > 0)
    upstream = _dense_backward(weights, "dense1", flat, upstream, gradients).reshape(p2.shape)
    upstream = _pool_backward(r2, p2, upstream) * (r2 > 0)
    _kernel_gradient(weights, "conv2", patches2, upstream, gradients)
    upstream = _pool_backward(r1, p1, _convolve_backward(weights["conv2_kernel"], upstream)) * (r1 > 0)
    _kernel_gradient(weights, "conv1", patches1, upstream, gradients)
    return gradients


def _dense(weights: Weights, layer: str, x: Array) -> Array:
    result: Array = x @ weights[f"{layer}_kernel"] + weights[f"{layer}_bias"]
    return result


def _dense_backward(weights: Weights, layer: str, x: Array, upstream: Array, gradients: dict[str, Array]) -> Array:
    gradients[f"{layer}_kernel"] = x.T @ upstream
    gradients[f"{layer}_bias"] = upstream.sum(axis=0)
    result: Array = upstream @ weights[f"{layer}_kernel"].T
    return result


def _patches(x: Array) -> Array:
    """Return the zero-padded 3×3 neighbourhoods of N×H×W×C as (N·H·W)×(9·C), in the order of an HWIO kernel."""
    n, height, width, channels = x.shape
    padded = np.zeros((n, height + 2, width + 2, channels), x.dtype)
    padded[:, 1:-1, 1:-1] = x
    patches = np.empty((n, height, width, 3, 3, channels), x.dtype)
    for row in range(3):
        for column in range(3):
            patches[:, :, :, row, column] = padded[:, row : row + height, column : column + width]
    return patches.reshape(n * height * width, 9 * channels)


def _convolve(weights: Weights, layer: str, x: Array) -> tuple[Array, Array]:
    kernel = weights[f"{layer}_kernel"]
    patches = _patches(x)
    result = patches @ kernel.reshape(-1, kernel.shape[-1]) + weights[f"{layer}_bias"]
    return result.reshape(*x.shape[:3], -1), patches


def _kernel_gradient(
    weights: Weights, layer: str, patches: Array, upstream: Array, gradients: dict[str, Array]
) -> None:
    kernel = weights[f"{layer}_kernel"]
    flat = upstream.reshape(-1, kernel.shape[-1])
    gradients[f"{layer}_kernel"] = (patches.T @ flat).reshape(kernel.shape)
    gradients[f"{layer}_bias"] = flat.sum(axis=0)


def _convolve_backward(kernel: Array, upstream: Array) -> Array:
    """Return the gradient with respect to a convolution's input: a convolution with the kernel turned around."""
    turned = kernel[::-1, ::-1].transpose(0, 1, 3, 2)
    result = _patches(upstream) @ turned.reshape(-1, turned.shape[-1])
    return result.reshape(*upstream.shape[:3], -1)


def _pool(x: Array) -> Array:
    result: Array = _windows(x).max(axis=3)
    return result


def _pool_backward(x: Array, pooled: Array, upstream: Array) -> Array:
    """Send the gradient to the first largest value of each 2×2 window."""
    windows = _windows(x)
    first = windows == pooled[:, :, :, np.newaxis]
    first &= np.cumsum(first, axis=3, dtype=np.int8) == 1
    n, height, width, channels = pooled.shape
    spread = (first * upstream[:, :, :, np.newaxis]).reshape(n, height, width, 2, 2, channels)
    result: Array = spread.transpose(0, 1, 3, 2, 4, 5).reshape(x.shape)
    return result


def _windows(x: Array) -> Array:
    """Return N×H×W×C as N×H/2×W/2×4×C: the four values of each 2×2 window side by side."""
    n, height, width, channels = x.shape
    split = x.reshape(n, height // 2, 2, width // 2, 2, channels)
    return split.transpose(0, 1, 3, 2, 4, 5).reshape(n, height // 2, width // 2, 4, channels)


def _dtype(weights: Weights) -> np.dtype[Any]:
    return next(iter(weights.values())).dtype


_FORWARD = {"mlp": _mlp, "cnn": _cnn}
_BACKWARD = {"mlp": _mlp_backward, "cnn": _cnn_backward}
