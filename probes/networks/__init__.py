"""The networks of the workloads, each once, in plain NumPy: weights, inputs, forward pass, gradients, operations."""

from __future__ import annotations

from probes.networks import cnn, lstm, mlp, recommender, tiny, transformer
from probes.networks.network import Network

NETWORKS: dict[str, Network] = {
    "mlp": mlp.NETWORK,
    "cnn": cnn.NETWORK,
    "lstm": lstm.NETWORK,
    "transformer": transformer.NETWORK,
    "recommender": recommender.NETWORK,
    "tiny": tiny.NETWORK,
}
