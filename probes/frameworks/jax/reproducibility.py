"""Train twice from one seed in JAX: the weights are equal bit by bit."""

from __future__ import annotations

from pathlib import Path

import jax
import numpy as np
import optax
from flax import nnx

from probes import python_process
from probes.demands import judged
from probes.proof import Proof, relative_error
from probes.workloads import Array, Case

SEEDS = (7, 7)


def run(case: Case) -> Proof:
    """Train in two fresh processes with two threads each, and in a third one with one thread."""
    first, second = (trained(case.folder, seed, threads=2) for seed in SEEDS)
    alone = trained(case.folder, SEEDS[0], threads=1)
    same = np.array_equal(first, second)
    return judged(
        {"two trainings from one seed give the same bits": same},
        same_bits=same,
        same_bits_with_one_thread=np.array_equal(first, alone),
        one_thread_max_relative_difference=relative_error(alone, first),
    )


def trained(folder: Path, seed: int, threads: int) -> Array:
    """Return the weights of a training in a fresh process."""
    python_process.call(train, seed, str(folder / "weights.npy"), threads=threads)
    return np.load(folder / "weights.npy")


class Network(nnx.Module):
    """Two layers with dropout between them."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.first = nnx.Linear(784, 512, rngs=rngs)
        self.dropout = nnx.Dropout(0.2, rngs=rngs)
        self.second = nnx.Linear(512, 10, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return the logits."""
        return self.second(self.dropout(nnx.relu(self.first(x))))


def train(seed: int, file: str) -> None:
    """Draw weights, data, order and dropout from one seed; train; save all weights as one row."""
    rngs = nnx.Rngs(seed)
    model = Network(rngs)
    optimizer = nnx.Optimizer(model, optax.sgd(0.1), wrt=nnx.Param)
    inputs = jax.random.normal(rngs.data(), (1024, 784))
    labels = jax.random.randint(rngs.data(), (1024,), 0, 10)
    order = jax.random.permutation(rngs.data(), 1024)

    @nnx.jit
    def step(model: Network, optimizer: nnx.Optimizer, inputs: jax.Array, labels: jax.Array) -> None:
        def loss_of(model: Network) -> jax.Array:
            return optax.softmax_cross_entropy_with_integer_labels(model(inputs), labels).mean()

        optimizer.update(model, nnx.grad(loss_of)(model))

    for chosen in order.reshape(-1, 64):
        step(model, optimizer, inputs[chosen], labels[chosen])
    np.save(file, np.concatenate([np.ravel(weight) for weight in jax.tree.leaves(nnx.state(model, nnx.Param))]))
