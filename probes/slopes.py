"""Gradients proved by the forward pass alone: the slope of the float64 loss along a direction, against what they say.

Nobody has to write a backward pass by hand for that, and none is trusted.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from probes import reference
from probes.arrays import Array, Weights
from probes.channel import ProbeError
from probes.networks.definition import Network

# So small that hardly a ReLU changes sides on the way: with 1e-5, deep networks have another slope.
STEP = 1e-9
# The loss is known to about 1e-15, so its slope to about 1e-6. A gradient that is lost or wrong is off by far more.
LIMIT = 1e-4
# How much further a weight with small gradients is moved than one with large ones.
REACH = 1e3
# The same where what ought to be zero is rounding of float32: further, that would be taken for a slope.
SHORT_REACH = 10.0


def error(
    network: Network,
    weights: Weights,
    inputs: Mapping[str, Array],
    labels: Array,
    gradients: Weights,
    seed: int = 1,
    reach: float = REACH,
) -> float:
    """Return how far the slope of the loss is from what `gradients` say, as a share of what a slope is made of.

    All weights are moved at once, each array so far that it takes about the same part in the slope: with a part
    missing, the slope is off by about one over the root of their number.

    Parameters
    ----------
    weights : mapping
        In float64.
    gradients : mapping
        With respect to the loss, by the names of the weights that are trained.
    reach : float
        How much further a weight with small gradients is moved than one with large ones.
    """
    rng = np.random.default_rng(seed)
    sizes = {name: float(np.linalg.norm(gradient)) for name, gradient in gradients.items()}
    usual = float(np.median([size for size in sizes.values() if size > 0] or [1.0]))
    directions = {
        name: rng.standard_normal(gradient.shape) * min(reach, usual / max(sizes[name], usual / reach))
        for name, gradient in gradients.items()
    }

    def loss(step: float) -> float:
        moved = {name: weights[name] + step * direction for name, direction in directions.items()}
        return reference.loss(network, {**weights, **moved}, inputs, labels)

    slope = (loss(STEP) - loss(-STEP)) / (2 * STEP)
    parts = np.array([(gradients[name] * direction).sum() for name, direction in directions.items()])
    return float(abs(slope - parts.sum()) / max(np.linalg.norm(parts), np.finfo(np.float64).tiny))


def judge(
    how: str,
    network: Network,
    weights: Weights,
    inputs: Mapping[str, Array],
    labels: Array,
    gradients: Weights,
    reach: float = REACH,
) -> float:
    """Return the error of `error`; raise ProbeError when it is above the limit, or when a weight has no gradient."""
    missing = [name for name in network.trained() if name not in gradients]
    if missing:
        raise ProbeError("error", f"{how}: no gradient reaches {', '.join(missing[:3])}")
    found = error(network, weights, inputs, labels, gradients, reach=reach)
    if not found <= LIMIT:
        text = f"{how}: the float64 loss changes otherwise than the framework's float64 gradients say"
        raise ProbeError("error", f"{text}, by {found:.3g} relative, more than {LIMIT:g}")
    return found
