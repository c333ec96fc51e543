"""One training step in JAX: compiled as Flax's tutorials write it, and with its state taken apart and given away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from probes.cell import Double, Training
from probes.frameworks.jax import interpreter, models
from probes.frameworks.jax.inference import UNROLLED
from probes.workloads import Array, Case, Weights

Inputs: TypeAlias = tuple[jax.Array, ...]


def jitted(case: Case) -> Training:
    """Run the step of Flax's tutorials: nnx.jit of model and optimizer."""
    model, inputs = interpreter.build(case.network, case.weights), models.feeds(case)
    target = _target(case, inputs)
    optimizer = nnx.Optimizer(model, optax.sgd(case.learning_rate), wrt=nnx.Param)
    model.train()

    @nnx.jit
    def train(model: interpreter.Model, optimizer: nnx.Optimizer, inputs: Inputs, target: jax.Array) -> jax.Array:
        def loss_of(model: interpreter.Model) -> jax.Array:
            return _loss(case, model(*inputs), target)

        loss, gradients = nnx.value_and_grad(loss_of)(model)
        optimizer.update(model, gradients)
        return loss

    def step() -> float:
        return float(train(model, optimizer, inputs, target))

    def logits() -> Array:
        model.eval()
        answer = models.array(models.call(model, *inputs))
        model.train()
        return answer

    return _training("nnx.jit of model and optimizer", case, step, logits, lambda: models.weights_of(model))


def donated(case: Case) -> Training:
    """Run the same step through jax.jit over lists of arrays, whose memory the new ones take."""
    return _apart("jax.jit of the state apart, buffers donated", case)


def unrolled(case: Case) -> Training | None:
    """Do the same, with several steps of an LSTM in one turn of its loop."""
    if not any(node.op == "lstm" for node in case.network.nodes):
        return None
    return _apart(f"jax.jit of the state apart, buffers donated, lax.scan with unroll={UNROLLED}", case, UNROLLED)


def _apart(how: str, case: Case, unroll: int = 1) -> Training:
    model, inputs = interpreter.build(case.network, case.weights, unroll=unroll), models.feeds(case)
    target = _target(case, inputs)
    optimizer = optax.sgd(case.learning_rate)
    model.train()
    graph, parameters, rest = nnx.split(model, nnx.Param, ...)
    leaves, tree = jax.tree.flatten((parameters, rest, optimizer.init(parameters)))

    @partial(jax.jit, donate_argnums=0)
    def train(leaves: list[jax.Array], inputs: Inputs, target: jax.Array) -> tuple[list[jax.Array], jax.Array]:
        parameters, rest, memory = jax.tree.unflatten(tree, leaves)

        def loss_of(parameters: nnx.State) -> tuple[jax.Array, nnx.State]:
            # Variables of its own: what batch normalisation has seen is changed inside the gradient's trace.
            model = nnx.merge(graph, parameters, jax.tree.map(lambda array: array, rest))
            return _loss(case, model(*inputs), target), nnx.state(model, nnx.Not(nnx.Param))

        (loss, seen), gradients = jax.value_and_grad(loss_of, has_aux=True)(parameters)
        moves, memory = optimizer.update(gradients, memory, parameters)
        return jax.tree.leaves((optax.apply_updates(parameters, moves), seen, memory)), loss

    def step() -> float:
        nonlocal leaves
        leaves, loss = train(leaves, inputs, target)
        return float(loss)

    def current() -> interpreter.Model:
        parameters, rest, _ = jax.tree.unflatten(tree, leaves)
        found = nnx.merge(graph, parameters, rest)
        found.eval()
        return found

    return _training(
        how, case, step, lambda: models.array(models.call(current(), *inputs)), lambda: models.weights_of(current())
    )


def _training(
    how: str, case: Case, step: Callable[[], float], logits: Callable[[], Array], weights: Callable[[], Weights]
) -> Training:
    return Training(how, step, logits, weights, compiled=True, double=partial(_double, case))


def _double(case: Case, steps: int) -> Double:
    """Take the steps in float64, with the model as written."""
    with jax.enable_x64(True):
        model = interpreter.build(
            case.network, {name: array.astype(np.float64) for name, array in case.weights.items()}
        )
        model.train()
        inputs = tuple(_wide(each) for each in models.feeds(case))
        target = _target(case, inputs)
        optimizer = nnx.Optimizer(model, optax.sgd(case.learning_rate), wrt=nnx.Param)

        @nnx.jit
        def slopes(model: interpreter.Model) -> Any:
            return nnx.grad(lambda model: _loss(case, model(*inputs), target))(model)

        gradients: Weights = {}
        for number in range(steps):
            found = slopes(model)
            if number == 0:
                gradients = interpreter.arrays_of(case.network, nnx.to_pure_dict(found))
            optimizer.update(model, found)
        return Double(gradients, interpreter.weights_of(model))


def _wide(array: jax.Array) -> jax.Array:
    return array.astype(np.float64) if jnp.issubdtype(array.dtype, jnp.floating) else array


def _target(case: Case, inputs: Inputs) -> jax.Array:
    return inputs[0] if case.network.loss == "mean-squared-error" else jnp.array(case.labels)


def _loss(case: Case, answer: jax.Array, target: jax.Array) -> jax.Array:
    if case.network.loss == "mean-squared-error":
        return optax.squared_error(answer, target).mean()
    return optax.softmax_cross_entropy_with_integer_labels(answer, target).mean()


SETTINGS = {"out-of-the-box": (jitted,), "best-known": (donated, unrolled)}
