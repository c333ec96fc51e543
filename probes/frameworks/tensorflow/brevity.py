"""How much code common tasks take in Keras, as its tutorials write it."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from probes import brevity
from probes.frameworks.tensorflow.custom_gradient import swish
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


def watch(model: keras.Model, inputs: Array, labels: Array, folder: Path) -> None:
    """Train, and write loss and weights for TensorBoard."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    callbacks = [keras.callbacks.TensorBoard(folder, histogram_freq=1)]
    model.fit(inputs, labels, batch_size=32, epochs=5, verbose=0, callbacks=callbacks)


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


TASKS: dict[str, tuple[brevity.Code, ...]] = {
    "define": (define,),
    "train": (train,),
    "custom_loop": (custom_loop,),
    "custom_gradient": (swish,),
    "evaluate": (evaluate,),
    "save": (save, load),
    "export": (export,),
}


def run(case: Case) -> Proof:
    """Do all tasks, and count their code."""
    inputs, labels = brevity.data()
    model, watched, looped = define(), define(), define()
    train(model, inputs, labels)
    watch(watched, inputs, labels, case.folder / "events")
    custom_loop(looped, inputs, labels)
    save(model, case.folder / "model.keras")
    export(load(case.folder / "model.keras"), case.folder / "model")
    exported = tf.saved_model.load(case.folder / "model")
    accuracies = {
        "train": evaluate(model, inputs, labels),
        "visualize": evaluate(watched, inputs, labels),
        "custom_loop": float(np.mean(looped(inputs).numpy().argmax(axis=1) == labels)),
        "export": float(np.mean(exported.serve(tf.constant(inputs)).numpy().argmax(axis=1) == labels)),
    }
    return brevity.counted(TASKS, accuracies, train=train, watch=watch)
