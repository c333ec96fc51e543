"""Run and train the CNN in bfloat16: the answers agree with float32, and really are bfloat16."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from probes import bfloat16
from probes.demands import judged
from probes.frameworks.jax import interpreter, models
from probes.proof import Proof, relative_error
from probes.workloads import Array, Case

STEPS = 20


def run(case: Case) -> Proof:
    """Compare logits and the loss after twenty steps with those of float32."""
    logits, loss, dtype = train(case, jnp.bfloat16)
    exact_logits, exact_loss, _ = train(case, jnp.float32)
    error, loss_error = relative_error(logits, exact_logits), abs(loss - exact_loss) / exact_loss
    demands = {
        "the logits were computed in bfloat16": bfloat16.on_grid(logits),
        "the weights stay in float32": dtype == "float32",
        f"the logits agree within {bfloat16.LIMIT:.0%}": error <= bfloat16.LIMIT,
        f"the loss after training agrees within {bfloat16.LIMIT:.0%}": loss_error <= bfloat16.LIMIT,
    }
    return judged(demands, max_relative_error=error, loss_relative_error=loss_error, weights_dtype=dtype, steps=STEPS)


def build(case: Case, dtype: Any) -> interpreter.Model:
    """Return the CNN whose layers compute in a dtype, with weights in float32."""
    model = models.cnn(case.weights)
    model.set_attributes(nnx.Conv, nnx.Linear, dtype=dtype)
    return model


def train(case: Case, dtype: Any) -> tuple[Array, float, str]:
    """Return the first logits, the loss after training, and the dtype of the weights."""
    model = build(case, dtype)
    optimizer = nnx.Optimizer(model, optax.sgd(case.learning_rate), wrt=nnx.Param)
    inputs, labels = models.natural(case.inputs), jnp.array(case.labels)

    def loss_of(model: interpreter.Model) -> jax.Array:
        logits = jnp.asarray(model(inputs), jnp.float32)
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()

    @nnx.jit
    def step(model: interpreter.Model, optimizer: nnx.Optimizer) -> None:
        optimizer.update(model, nnx.grad(loss_of)(model))

    logits = models.array(models.call(model, inputs)).astype(np.float32)
    for _ in range(STEPS):
        step(model, optimizer)
    return logits, float(loss_of(model)), str(model.dense1.kernel[...].dtype)
