"""Seeded weights and inputs of a network, the same in every framework, and what batch normalisation has seen."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator

from probes.arrays import Array, Weights
from probes.networks import evaluation
from probes.networks.definition import Network, Node
from probes.networks.operations import Shape

# Samples that batch normalisation's statistics are taken from, in one forward pass.
SEEN = 8
# Two pictures of 224×224 have more pixels than any statistics need.
_MOST_VALUES = 300_000


def drawn(network: Network, rng: Generator) -> dict[str, Array]:
    """Return float32 weights by name.

    Kernels are normal with the variance 2 / fan-in where a ReLU follows (He et al. 2015, arXiv:1502.01852) and
    1 / fan-in elsewhere; tables have the standard deviation 0.1. Biases and shifts are drawn (0.05), not zero, so that
    parity would notice their loss. Batch normalisation has the statistics of one forward pass: without them what
    residual blocks add up would grow from block to block.
    """
    weights: dict[str, Array] = {}
    rectified = _rectified(network)
    for node in network.nodes:
        for kind, shape in node.outcome.weights.items():
            weights[f"{node.id}_{kind}"] = _drawn(node, kind, shape, rng, gain=2 if node.id in rectified else 1)
    if any(node.op == "batch-norm" for node in network.nodes):
        pixels = max(math.prod(each.shape) for each in network.inputs)
        samples = inputs(network, np.random.default_rng(0), min(SEEN, max(2, _MOST_VALUES // pixels)))
        weights |= evaluation.statistics(network, weights, samples)
    return weights


def inputs(network: Network, rng: Generator, batch: int) -> dict[str, Array]:
    """Return a batch of every input by name: float32 or int64, normal or uniform as the definition says."""
    found: dict[str, Array] = {}
    for each in network.inputs:
        shape = (batch, *each.shape)
        if each.dtype == "int64" and each.range is not None:
            found[each.name] = rng.integers(int(each.range[0]), int(each.range[1]), shape)
        elif each.range is not None:
            low, high = each.range
            found[each.name] = np.float32(low) + np.float32(high - low) * rng.random(shape, dtype=np.float32)
        else:
            found[each.name] = rng.standard_normal(shape, dtype=np.float32)
    return found


def double(weights: Weights) -> dict[str, Array]:
    """Return the weights in float64."""
    return {name: array.astype(np.float64) for name, array in weights.items()}


def _drawn(node: Node, kind: str, shape: Shape, rng: Generator, gain: int) -> Array:
    if kind == "variance":
        return np.ones(shape, np.float32)
    if kind == "mean":
        return np.zeros(shape, np.float32)
    if kind == "table":
        return rng.standard_normal(shape, dtype=np.float32) * np.float32(0.1)
    if len(shape) == 1:
        small = rng.standard_normal(shape, dtype=np.float32) * np.float32(0.05)
        return small + np.float32(kind == "scale")
    fan_in = math.prod(shape[:2] if node.op == "depthwise" else shape[:-1])
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(math.sqrt(gain / fan_in))


def _rectified(network: Network) -> set[str]:
    """Return the nodes that a ReLU follows, at once or after a batch normalisation."""
    found = {node.id for node in network.nodes if str(node.attrs.get("activation", "")).startswith("relu")}
    for node in reversed(network.nodes):
        rectifies = node.op == "activation" and node.attrs["kind"].startswith("relu")
        if rectifies or (node.op == "batch-norm" and node.id in found):
            found.add(node.inputs[0])
    return found
