"""How much code common tasks take in JAX with Flax NNX, as Flax's tutorials write it, with Grain for the batches."""

from __future__ import annotations

from pathlib import Path

import grain
import jax
import jax.numpy as jnp
import numpy as np
import optax
import orbax.checkpoint as ocp
from flax import nnx
from flax.metrics.tensorboard import SummaryWriter
from jax import export as exporting

from probes import brevity
from probes.frameworks.jax.custom_gradient import forward, gradient, swish
from probes.proof import Proof
from probes.workloads import Array, Case


class Network(nnx.Module):
    """A small classifier."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.hidden = nnx.Linear(64, 32, rngs=rngs)
        self.output = nnx.Linear(32, 10, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return the logits."""
        return self.output(nnx.relu(self.hidden(x)))


@nnx.jit
def train_step(model: Network, optimizer: nnx.Optimizer, x: jax.Array, y: jax.Array) -> jax.Array:
    """Make one step."""

    def loss_of(model: Network) -> jax.Array:
        return optax.softmax_cross_entropy_with_integer_labels(model(x), y).mean()

    loss, gradients = nnx.value_and_grad(loss_of)(model)
    optimizer.update(model, gradients)
    return loss


def train(model: Network, inputs: Array, labels: Array) -> None:
    """Train."""
    data = grain.MapDataset.source(list(zip(inputs, labels, strict=True))).seed(0)
    optimizer = nnx.Optimizer(model, optax.adam(0.01), wrt=nnx.Param)
    for _ in range(5):
        for x, y in data.shuffle().batch(32):
            train_step(model, optimizer, x, y)


def watch(model: Network, inputs: Array, labels: Array, folder: Path) -> None:
    """Train, and write loss and weights for TensorBoard."""
    data = grain.MapDataset.source(list(zip(inputs, labels, strict=True))).seed(0)
    optimizer = nnx.Optimizer(model, optax.adam(0.01), wrt=nnx.Param)
    writer = SummaryWriter(folder)
    for epoch in range(5):
        for x, y in data.shuffle().batch(32):
            loss = train_step(model, optimizer, x, y)
        writer.scalar("loss", loss, epoch)
        for path, parameter in nnx.to_flat_state(nnx.state(model, nnx.Param)):
            writer.histogram("/".join(path), parameter[...], epoch)
    writer.close()


@nnx.jit
def evaluate(model: Network, inputs: Array, labels: Array) -> jax.Array:
    """Return the accuracy."""
    return (model(inputs).argmax(axis=1) == labels).mean()


def save(model: Network, folder: Path) -> None:
    """Save."""
    with ocp.StandardCheckpointer() as checkpointer:
        checkpointer.save(folder, nnx.state(model))


def load(folder: Path) -> Network:
    """Load what was saved."""
    model = Network(nnx.Rngs(0))
    with ocp.StandardCheckpointer() as checkpointer:
        nnx.update(model, checkpointer.restore(folder, nnx.state(model)))
    return model


def export(model: Network, inputs: Array, file: Path) -> None:
    """Write a program that runs without this file."""
    program = exporting.export(jax.jit(model))(jax.ShapeDtypeStruct(inputs.shape, inputs.dtype))
    file.write_bytes(program.serialize())


TASKS: dict[str, tuple[brevity.Code, ...]] = {
    "define": (Network,),
    "train": (train_step, train),
    "custom_loop": (train_step, train),  # there is no other loop than the one that everybody writes
    "custom_gradient": (swish.fun, forward, gradient),
    "evaluate": (evaluate,),
    "save": (save, load),
    "export": (export,),
}


def run(case: Case) -> Proof:
    """Do all tasks, and count their code."""
    inputs, labels = brevity.data()
    model, watched = Network(nnx.Rngs(0)), Network(nnx.Rngs(1))
    train(model, inputs, labels)
    watch(watched, inputs, labels, case.folder / "events")
    save(model, case.folder / "model")
    export(load(case.folder / "model"), inputs, case.folder / "model.stablehlo")
    exported = exporting.deserialize(bytearray((case.folder / "model.stablehlo").read_bytes()))
    found = np.asarray(exported.call(jnp.array(inputs))).argmax(axis=1)
    accuracies = {
        "train": float(evaluate(model, inputs, labels)),
        "visualize": float(evaluate(watched, inputs, labels)),
        "export": float((found == labels).mean()),
    }
    return brevity.counted(TASKS, accuracies, train=train, watch=watch)
