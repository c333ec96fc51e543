"""How much code common tasks take in Keras, as its tutorials write it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from probes import brevity
from probes.proof import Proof
from probes.workloads import Array, Case


def define() -> keras.Model:
    """Return a small classifier."""
    return keras.Sequential([keras.Input((64,)), layers.Dense(32, activation="relu"), layers.Dense(10)])


def train(model: keras.Model, inputs: Array, labels: Array) -> None:
    """Train."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    model.fit(inputs, labels, batch_size=32, epochs=5, verbose=0)


def custom_loop(model: keras.Model, inputs: Array, labels: Array) -> None:
    """Train in a loop of one's own."""
    data = tf.data.Dataset.from_tensor_slices((inputs, labels)).shuffle(512).batch(32)
    optimizer = keras.optimizers.Adam(0.01)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for _ in range(5):
        for x, y in data:
            with tf.GradientTape() as tape:
                loss = loss_of(y, model(x, training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))


def evaluate(model: keras.Model, inputs: Array, labels: Array) -> float:
    """Return the accuracy."""
    return model.evaluate(inputs, labels, verbose=0, return_dict=True)["accuracy"]


def save(model: keras.Model, file: Path) -> None:
    """Save."""
    model.save(file)


def load(file: Path) -> keras.Model:
    """Load what was saved."""
    return keras.models.load_model(file)


def export(model: keras.Model, folder: Path) -> None:
    """Write a program that runs without this file."""
    model.export(folder, verbose=False)


TASKS: dict[str, tuple[Callable[..., Any], ...]] = {
    "define": (define,),
    "train": (train,),
    "custom-loop": (custom_loop,),
    "evaluate": (evaluate,),
    "save": (save, load),
    "export": (export,),
}


def run(case: Case) -> Proof:
    """Do all tasks, and count the code of the one that is asked for."""
    task = case.parameters["task"]
    inputs, labels = brevity.data()
    model = define()
    (custom_loop if task == "custom-loop" else train)(model, inputs, labels)
    accuracies = [] if task == "custom-loop" else [evaluate(model, inputs, labels)]
    save(model, case.folder / "model.keras")
    export(load(case.folder / "model.keras"), case.folder / "model")
    exported = tf.saved_model.load(case.folder / "model")
    accuracies.append(float(np.mean(exported.serve(tf.constant(inputs)).numpy().argmax(axis=1) == labels)))
    return brevity.counted(task, TASKS[task], min(accuracies))
