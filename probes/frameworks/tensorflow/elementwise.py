"""Networks of nothing but arithmetic on each value, written with TensorFlow's operations: Keras layers have no part."""

from __future__ import annotations

import tensorflow as tf

from probes.networks.definition import Network
from probes.workloads import Array, Weights

_ACTIVATIONS = {"tanh": tf.tanh, "sigmoid": tf.sigmoid, "relu": tf.nn.relu}


class Elementwise(tf.Module):
    """A network of ``affine`` and ``activation`` in a row; its weights are constants."""

    def __init__(self, network: Network, weights: Weights) -> None:
        super().__init__()
        self._weights = weights
        self._steps = [
            _ACTIVATIONS[node.attrs["kind"]]
            if node.op == "activation"
            else (tf.constant(weights[f"{node.id}_scale"]), tf.constant(weights[f"{node.id}_shift"]))
            for node in network.nodes
        ]

    @staticmethod
    def computes(network: Network) -> bool:
        """Tell whether a network is of that kind."""
        chain = [network.inputs[0].name, *(node.id for node in network.nodes)]
        return all(
            node.inputs == (before,)
            and (node.op == "affine" or (node.op == "activation" and node.attrs["kind"] in _ACTIVATIONS))
            for node, before in zip(network.nodes, chain, strict=False)
        )

    def __call__(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:  # noqa: ARG002 - called as a Keras model is
        """Return as many values."""
        for step in self._steps:
            x = x * step[0] + step[1] if isinstance(step, tuple) else step(x)
        return x

    def arrays(self) -> dict[str, Array]:
        """Return a copy of the weights."""
        return {name: array.copy() for name, array in self._weights.items()}
