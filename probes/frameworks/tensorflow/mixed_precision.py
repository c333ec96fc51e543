"""Run and train the CNN in bfloat16 with a dtype policy: the answers agree with float32, and really are bfloat16."""

from __future__ import annotations

import keras
import tensorflow as tf

from probes import bfloat16
from probes.demands import judged
from probes.frameworks.tensorflow import models
from probes.proof import Proof, relative_error
from probes.workloads import Array, Case

STEPS = 20


def run(case: Case) -> Proof:
    """Compare logits and the loss after twenty steps with those of float32."""
    logits, loss, dtype = train(case, "mixed_bfloat16")
    exact_logits, exact_loss, _ = train(case, "float32")
    error, loss_error = relative_error(logits, exact_logits), abs(loss - exact_loss) / exact_loss
    demands = {
        "the logits were computed in bfloat16": bfloat16.on_grid(logits),
        "the weights stay in float32": dtype == "float32",
        f"the logits agree within {bfloat16.LIMIT:.0%}": error <= bfloat16.LIMIT,
        f"the loss after training agrees within {bfloat16.LIMIT:.0%}": loss_error <= bfloat16.LIMIT,
    }
    return judged(demands, max_relative_error=error, loss_relative_error=loss_error, weights_dtype=dtype, steps=STEPS)


def build(case: Case, policy: str) -> keras.Model:
    """Return the CNN whose layers follow a dtype policy."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    model = models.cnn(case.weights)
    keras.config.set_dtype_policy(before)
    return model


def train(case: Case, policy: str) -> tuple[Array, float, str]:
    """Return the first logits, the loss after training, and the dtype of the weights."""
    model = build(case, policy)
    model.compile(
        keras.optimizers.SGD(case.learning_rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    inputs, labels = models.natural(case.inputs), tf.constant(case.labels)
    logits = tf.cast(model(inputs), tf.float32).numpy()
    for _ in range(STEPS):
        model.train_on_batch(inputs, labels)
    loss = float(model.test_on_batch(inputs, labels))
    return logits, loss, model.get_layer("dense1").kernel.dtype
