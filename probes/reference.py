"""The referee: forward pass, loss, gradients and SGD of a network in plain NumPy, to be read beside the mathematics.

The arithmetic follows the dtype of the weights: float64 to judge the frameworks, float32 to train quickly.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from probes.arrays import Array, Weights, float_type
from probes.networks import catalog, evaluation, gradients
from probes.networks.definition import Network
from probes.networks.weights import double as as_float64

__all__ = ["as_float64", "cross_entropy", "forward", "loss", "loss_and_gradients", "operations", "sgd"]

Inputs = Array | Mapping[str, Array]


def forward(workload: str, weights: Weights, inputs: Inputs) -> Array:
    """Return the first output in the dtype of the weights; the inputs by name, or the one there is."""
    network = catalog.load(workload)
    return evaluation.outputs(network, weights, _named(network, inputs))[0]


def loss(network: Network, weights: Weights, inputs: Inputs, labels: Array, *, training: bool = True) -> float:
    """Return the loss that the network is trained with; in `training` batch normalisation sees this very batch."""
    named = _named(network, inputs)
    answer = evaluation.outputs(network, weights, named, training=training)[0]
    if network.loss == "mean-squared-error":
        return float(((answer - named[network.inputs[0].name]) ** 2).mean())
    return cross_entropy(answer.reshape(-1, answer.shape[-1]), labels.reshape(-1))[0]


def loss_and_gradients(
    workload: str, weights: Weights, inputs: Inputs, labels: Array
) -> tuple[float, dict[str, Array]]:
    """Return the mean softmax cross entropy and its gradient with respect to every weight, where NumPy has it."""
    network = catalog.load(workload)
    values = evaluation.values(network, weights, _named(network, inputs))
    found, upstream = cross_entropy(values[network.outputs[0]], labels)
    return found, gradients.of_weights(network, weights, values, upstream)


def sgd(
    workload: str, weights: Weights, inputs: Inputs, labels: Array, *, learning_rate: float, steps: int
) -> dict[str, Array]:
    """Return the weights after `steps` steps of plain SGD on the same batch."""
    current = dict(weights)
    rate = float_type(weights).type(learning_rate)
    for _ in range(steps):
        _, found = loss_and_gradients(workload, current, inputs, labels)
        current = {name: array - rate * found[name] for name, array in current.items()}
    return current


def cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    """Return the mean softmax cross entropy and its gradient with respect to the logits (N×classes)."""
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
    network = catalog.load(workload)
    once = 2 * batch * network.macs()
    return once if task == "inference" else 3 * once - 2 * batch * network.reading_macs()


def _named(network: Network, inputs: Inputs) -> Mapping[str, Array]:
    return inputs if isinstance(inputs, Mapping) else {network.inputs[0].name: inputs}
