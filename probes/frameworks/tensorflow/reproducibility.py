"""Train twice from one seed in TensorFlow: the weights are equal bit by bit."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

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


def train(seed: int, file: str) -> None:
    """Draw weights, data, order and dropout from one seed; train; save all weights as one row."""
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    model = keras.Sequential([layers.Dense(512, activation="relu"), layers.Dropout(0.2), layers.Dense(10)])
    inputs, labels = tf.random.normal((1024, 784)), tf.random.uniform((1024,), maxval=10, dtype=tf.int32)
    model.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(inputs, labels, batch_size=64, shuffle=True, verbose=0)
    np.save(file, np.concatenate([weight.ravel() for weight in model.get_weights()]))
