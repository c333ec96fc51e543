"""Networks of nothing but arithmetic on each value, written with Keras's operations: layers have no part."""

from __future__ import annotations

from typing import Any

from keras import ops

from probes.networks.definition import Network
from probes.workloads import Array, Weights

_ACTIVATIONS = {"tanh": ops.tanh, "sigmoid": ops.sigmoid, "relu": ops.relu}


class Elementwise:
    """A network of ``affine`` and ``activation`` in a row; its weights are constants."""

    def __init__(self, network: Network, weights: Weights) -> None:
        self._weights = weights
        self._steps = [
            _ACTIVATIONS[node.attrs["kind"]]
            if node.op == "activation"
            else tuple(ops.convert_to_tensor(weights[f"{node.id}_{kind}"]) for kind in ("scale", "shift"))
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

    def __call__(self, x: Any, training: bool = False) -> Any:  # noqa: ARG002 - called as a Keras model is
        """Return as many values."""
        for step in self._steps:
            x = ops.add(ops.multiply(x, step[0]), step[1]) if isinstance(step, tuple) else step(x)
        return x

    def arrays(self) -> dict[str, Array]:
        """Return a copy of the weights."""
        return {name: array.copy() for name, array in self._weights.items()}
