"""The referee: the networks' forward pass, gradients and SGD in plain NumPy, to be read beside the mathematics.

The arithmetic follows the dtype of the weights: float64 to judge the frameworks, float32 to train quickly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from probes.arrays import Array, Weights, float_type
from probes.networks import NETWORKS


def as_float64(weights: Weights) -> dict[str, Array]:
    """Return the weights in float64."""
    return {name: array.astype(np.float64) for name, array in weights.items()}


def forward(workload: str, weights: Weights, inputs: Array) -> Array:
    """Return the logits (N×10) in the dtype of the weights."""
    return forward_keeping(workload, weights, inputs)[0]


def forward_keeping(workload: str, weights: Weights, inputs: Array) -> tuple[Array, Any]:
    """Return the logits, and the intermediate results that `backward` needs."""
    if np.issubdtype(inputs.dtype, np.floating):
        inputs = inputs.astype(float_type(weights))
    return NETWORKS[workload].forward(weights, inputs)


def backward(workload: str, weights: Weights, kept: Any, upstream: Array) -> dict[str, Array]:
    """Return the gradient with respect to every weight, from the gradient with respect to the logits."""
    return NETWORKS[workload].backward(weights, kept, upstream)


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
    rate = float_type(weights).type(learning_rate)
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


def operations(workload: str, task: str, batch: int) -> int:
    """Return the floating-point operations of the matrix products and convolutions of one call (inference, training).

    A multiplication and an addition count as two. A training step needs every product three times (forward, the
    gradient of the weights, the gradient of the input), except that nobody needs the gradient of the data.
    Element-wise work is not counted.
    """
    network = NETWORKS[workload]
    once = network.operations(batch)
    return once if task == "inference" else 3 * once - network.spared(batch)
