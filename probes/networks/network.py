"""What a network is to the referee."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.random import Generator

from probes.arrays import Array, Weights


@dataclass(frozen=True)
class Network:
    """A network that sorts its inputs into ten classes.

    Attributes
    ----------
    learning_rate : float
        Of the plain SGD that trains it.
    initial : callable
        Draws float32 weights, by name.
    inputs : callable
        Draws a batch of the given size.
    forward : callable
        Returns the logits (N×10) in the dtype of the weights, and the intermediate results that `backward` needs.
    backward : callable
        Returns the gradient with respect to every weight, from the gradient with respect to the logits.
    operations : callable
        Floating-point operations of the matrix products and convolutions of one forward pass of a batch; a
        multiplication and an addition count as two.
    spared : callable
        Those among them that read the inputs: no gradient with respect to the inputs is needed, so training is spared
        as many.
    """

    learning_rate: float
    initial: Callable[[Generator], dict[str, Array]]
    inputs: Callable[[Generator, int], Array]
    forward: Callable[[Weights, Array], tuple[Array, Any]]
    backward: Callable[[Weights, Any, Array], dict[str, Array]]
    operations: Callable[[int], int]
    spared: Callable[[int], int]
