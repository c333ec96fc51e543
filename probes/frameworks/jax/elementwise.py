"""Networks of nothing but arithmetic on each value, written with JAX's operations: a module has no part in them."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from probes.networks.definition import Network
from probes.workloads import Array, Weights

_ACTIVATIONS = {"tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu}


class Elementwise:
    """A network of ``affine`` and ``activation`` in a row; its weights are constants."""

    def __init__(self, network: Network, weights: Weights) -> None:
        self.network = network
        self._weights = weights
        self._steps = [
            _ACTIVATIONS[node.attrs["kind"]]
            if node.op == "activation"
            else (jnp.array(weights[f"{node.id}_scale"]), jnp.array(weights[f"{node.id}_shift"]))
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

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return as many values."""
        for step in self._steps:
            x = x * step[0] + step[1] if isinstance(step, tuple) else step(x)
        return x

    def arrays(self) -> dict[str, Array]:
        """Return a copy of the weights."""
        return {name: array.copy() for name, array in self._weights.items()}
