"""Time to accuracy in JAX, with the training loop of Flax's tutorials."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from probes.convergence import BATCH, LEARNING_RATE, MOMENTUM, until_right
from probes.figures import Figures
from probes.frameworks.jax import interpreter, models
from probes.workloads import Array, Weights


@nnx.jit
def train(model: interpreter.Model, optimizer: nnx.Optimizer, images: jax.Array, labels: jax.Array) -> None:
    """Take one step."""

    def loss_of(model: interpreter.Model) -> jax.Array:
        return optax.softmax_cross_entropy_with_integer_labels(model(images), labels).mean()

    optimizer.update(model, nnx.grad(loss_of)(model))


@nnx.jit
def most_likely(model: interpreter.Model, images: jax.Array) -> jax.Array:
    """Return the most likely class of each image."""
    return jnp.argmax(model(images), axis=1)


class Learner:
    """The network under nnx.jit."""

    def __init__(self, weights: Weights) -> None:
        self.model = models.cnn(weights)
        self.optimizer = nnx.Optimizer(self.model, optax.sgd(LEARNING_RATE, momentum=MOMENTUM), wrt=nnx.Param)

    def epoch(self, images: Array, labels: Array) -> None:
        """Train on every image once."""
        self.model.train()
        for start in range(0, len(images), BATCH):
            end = start + BATCH
            train(self.model, self.optimizer, jnp.array(images[start:end]), jnp.array(labels[start:end]))
        # JAX returns before it has computed: the epoch is over when its last step is.
        jax.block_until_ready(nnx.state(self.model))

    def classes(self, images: Array) -> Array:
        """Return the most likely class of each image."""
        self.model.eval()
        return np.asarray(most_likely(self.model, jnp.array(images)))


def measure() -> Figures:
    """Train until enough digits are right."""
    return until_right("training loop under nnx.jit", Learner)
