"""The workloads' networks in Flax NNX, with the given weights: images are N×height×width×channel (NHWC)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from probes.frameworks.jax import interpreter
from probes.frameworks.jax.elementwise import Elementwise
from probes.networks import catalog
from probes.workloads import Array, Case, Weights

Model: TypeAlias = interpreter.Model | Elementwise
Answer: TypeAlias = jax.Array | tuple[jax.Array, ...]


def mlp(weights: Weights) -> interpreter.Model:
    """Return the MLP with a copy of `weights`."""
    return interpreter.build(catalog.load("mlp"), weights)


def cnn(weights: Weights) -> interpreter.Model:
    """Return the CNN with a copy of `weights`."""
    return interpreter.build(catalog.load("cnn"), weights)


def build(case: Case, *, unroll: int = 1) -> Model:
    """Return the network of a case with a copy of its weights; what is nothing but arithmetic is written as such.

    `unroll` is how many steps of an LSTM one turn of its loop computes.
    """
    if Elementwise.computes(case.network):
        return Elementwise(case.network, case.weights)
    return interpreter.build(case.network, case.weights, unroll=unroll)


@nnx.jit
def call(model: interpreter.Model, *inputs: jax.Array) -> Answer:
    """Call a model, compiled for the shapes of the inputs."""
    return model(*inputs)


def forward(model: Model) -> Callable[..., Answer]:
    """Return the forward pass as Flax's tutorials compile it: nnx.jit takes the model apart at each call."""
    return jax.jit(model) if isinstance(model, Elementwise) else partial(call, model)


def answer(case: Case) -> Array | dict[str, Array]:
    """Return JAX's own float32 answer to the inputs of a case; by name where there are several outputs."""
    found = forward(build(case))(*feeds(case))
    if isinstance(found, tuple):
        return {name: np.asarray(each) for name, each in zip(case.network.outputs, found, strict=True)}
    return np.asarray(found)


def feeds(case: Case) -> tuple[jax.Array, ...]:
    """Return a copy of every input of a case as an array of JAX."""
    return tuple(map(natural, case.feeds.values()))


def array(answer: Answer) -> Array:
    """Return the first output as an array of NumPy; whoever asks waits until it is computed."""
    return np.asarray(answer[0] if isinstance(answer, tuple) else answer)


def natural(inputs: Array) -> jax.Array:
    """Return a copy of `inputs`; JAX's layout is the one of `probes.workloads`, and its whole numbers have 32 bits."""
    return jnp.array(inputs)


def weights_of(model: Model) -> dict[str, Array]:
    """Return a copy of the model's weights in the layouts of `probes.workloads`."""
    return model.arrays() if isinstance(model, Elementwise) else interpreter.weights_of(model)
