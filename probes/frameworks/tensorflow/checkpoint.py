"""Kill a training after it saved a Keras model, and go on in a fresh process as if nothing had been."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from keras import layers

from probes import damage, python_process
from probes.demands import judged
from probes.proof import Proof, size_of
from probes.workloads import Array, Case

SAVED, END = 3, 6


def run(case: Case) -> Proof:
    """Compare with a training that was never interrupted; then load damaged copies of the checkpoint."""
    checkpoint, weights = case.folder / "checkpoint.keras", case.folder / "weights.npy"
    expected = train(fresh(), range(END))
    ended = python_process.fate(save_and_die, str(checkpoint))
    python_process.call(resume, str(checkpoint), str(weights))
    same = np.array_equal(np.load(weights), expected)
    detected = {"truncated": not loads(damage.truncated(checkpoint)), "flipped": not loads(damage.flipped(checkpoint))}
    demands = {
        "the first process was killed": ended == "SIGKILL",
        "the resumed weights are those of an uninterrupted training, bit by bit": same,
        "a truncated checkpoint is detected": detected["truncated"],
    }
    return judged(demands, same_bits=same, damage_detected=detected, checkpoint_bytes=size_of(checkpoint))


def fresh() -> keras.Model:
    """Return a model with an optimizer that remembers."""
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.Input((32,)), layers.Dense(64, activation="relu"), layers.Dense(10)])
    model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def train(model: keras.Model, steps: range) -> Array:
    """Make some steps, each on a batch of its own, and return the weights."""
    for step in steps:
        rng = np.random.default_rng(step)
        inputs = rng.standard_normal((64, 32), dtype=np.float32)
        labels = rng.integers(10, size=64)
        model.train_on_batch(inputs, labels)
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


def save_and_die(checkpoint: str) -> None:
    """Train a while, save, and be killed."""
    model = fresh()
    train(model, range(SAVED))
    model.save(checkpoint)
    python_process.die()


def resume(checkpoint: str, weights: str) -> None:
    """Load, and go on to the end."""
    model = keras.models.load_model(checkpoint)
    np.save(weights, train(model, range(SAVED, END)))


def loads(checkpoint: Path) -> bool:
    """Tell whether a checkpoint is accepted."""
    try:
        keras.models.load_model(checkpoint)
    except Exception:  # noqa: BLE001 - how a damaged file is refused depends on where the damage is
        return False
    return True
