"""Kill a training after it saved with Orbax, and go on in a fresh process as if nothing had been."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import orbax.checkpoint as ocp
from flax import nnx

from probes import damage, python_process
from probes.demands import judged
from probes.proof import Proof, size_of
from probes.workloads import Array, Case

SAVED, END = 3, 6


def run(case: Case) -> Proof:
    """Compare with a training that was never interrupted; then load damaged copies of the checkpoint."""
    checkpoint, weights = case.folder / "checkpoint", case.folder / "weights.npy"
    expected = train(*fresh(), range(END))
    ended = python_process.fate(save_and_die, str(checkpoint))
    python_process.call(resume, str(checkpoint), str(weights))
    same = np.array_equal(np.load(weights), expected)
    detected = {
        "truncated": not loads(damaged(checkpoint, damage.truncated)),
        "flipped": not loads(damaged(checkpoint, damage.flipped)),
    }
    demands = {
        "the first process was killed": ended == "SIGKILL",
        "the resumed weights are those of an uninterrupted training, bit by bit": same,
        "a truncated checkpoint is detected": detected["truncated"],
    }
    return judged(demands, same_bits=same, damage_detected=detected, checkpoint_bytes=size_of(checkpoint))


def fresh() -> tuple[nnx.Module, nnx.Optimizer]:
    """Return a model, and an optimizer that remembers."""
    rngs = nnx.Rngs(7)
    model = nnx.Sequential(nnx.Linear(32, 64, rngs=rngs), nnx.relu, nnx.Linear(64, 10, rngs=rngs))
    return model, nnx.Optimizer(model, optax.adam(0.01), wrt=nnx.Param)


@nnx.jit
def step_of(model: nnx.Module, optimizer: nnx.Optimizer, inputs: jax.Array, labels: jax.Array) -> None:
    """Make one step."""

    def loss_of(model: nnx.Module) -> jax.Array:
        return optax.softmax_cross_entropy_with_integer_labels(model(inputs), labels).mean()

    optimizer.update(model, nnx.grad(loss_of)(model))


def train(model: nnx.Module, optimizer: nnx.Optimizer, steps: range) -> Array:
    """Make some steps, each on a batch of its own, and return the weights."""
    for step in steps:
        rng = np.random.default_rng(step)
        inputs = rng.standard_normal((64, 32), dtype=np.float32)
        labels = rng.integers(10, size=64)
        step_of(model, optimizer, jnp.array(inputs), jnp.array(labels))
    return np.concatenate([np.ravel(weight) for weight in jax.tree.leaves(nnx.state(model))])


def save_and_die(checkpoint: str) -> None:
    """Train a while, save, and be killed."""
    model, optimizer = fresh()
    train(model, optimizer, range(SAVED))
    with ocp.StandardCheckpointer() as checkpointer:
        checkpointer.save(Path(checkpoint), nnx.state((model, optimizer)))
    python_process.die()


def resume(checkpoint: str, weights: str) -> None:
    """Load, and go on to the end."""
    np.save(weights, train(*restored(Path(checkpoint)), range(SAVED, END)))


def restored(checkpoint: Path) -> tuple[nnx.Module, nnx.Optimizer]:
    """Return model and optimizer as they were saved."""
    both = fresh()
    with ocp.StandardCheckpointer() as checkpointer:
        nnx.update(both, checkpointer.restore(checkpoint, nnx.state(both)))
    return both


def damaged(checkpoint: Path, how: Callable[[Path], Path]) -> Path:
    """Return a copy of a checkpoint, which is a folder, with damage done to its largest file."""
    copy = checkpoint.with_name(f"{checkpoint.name}-{how.__name__}")
    shutil.copytree(checkpoint, copy)
    largest = max((file for file in copy.rglob("*") if file.is_file()), key=lambda file: file.stat().st_size)
    how(largest).replace(largest)
    return copy


def loads(checkpoint: Path) -> bool:
    """Tell whether a checkpoint is accepted."""
    try:
        restored(checkpoint)
    except Exception:  # noqa: BLE001 - how a damaged file is refused depends on where the damage is
        return False
    return True
