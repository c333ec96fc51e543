"""The input pipeline in TensorFlow: a tf.data.Dataset that augments one picture at a time."""

from __future__ import annotations

from collections.abc import Iterator

import tensorflow as tf

from probes.cell import Pipeline
from probes.pictures import CHANNELS, MEAN, PADDING, SIZE, SPREAD
from probes.workloads import Array, Case


def augmented(pixels: tf.Tensor, number: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return one picture cropped, mirrored or not, standardised."""
    picture = tf.pad(tf.cast(pixels, tf.float32) / 255, [[PADDING, PADDING], [PADDING, PADDING], [0, 0]])
    picture = tf.image.random_crop(picture, [SIZE, SIZE, CHANNELS])
    picture = tf.image.random_flip_left_right(picture)
    return (picture - MEAN) / SPREAD, number


def sequential(case: Case) -> Pipeline:
    """Take the pictures from a dataset that maps one after the other."""
    dataset = _shuffled(case).map(augmented).batch(case.parameters["batch"])
    return _pipeline("tf.data: shuffle, map, batch", dataset)


def parallel(case: Case) -> Pipeline:
    """Take the pictures from a dataset that maps several at a time and prepares batches ahead."""
    dataset = _shuffled(case).map(augmented, num_parallel_calls=tf.data.AUTOTUNE)
    dataset = dataset.batch(case.parameters["batch"]).prefetch(tf.data.AUTOTUNE)
    return _pipeline("tf.data: shuffle, map(num_parallel_calls=AUTOTUNE), batch, prefetch", dataset)


def _shuffled(case: Case) -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices((case.inputs, case.labels)).shuffle(len(case.labels))


def _pipeline(how: str, dataset: tf.data.Dataset) -> Pipeline:
    def batches() -> Iterator[tuple[Array, Array]]:
        for pictures, numbers in dataset:
            yield pictures.numpy(), numbers.numpy()

    def call() -> int:
        return sum(len(numbers) for _, numbers in dataset)

    return Pipeline(how, batches, call)


SETTINGS = {"out-of-the-box": (sequential,), "best-known": (parallel, sequential)}
