"""The input pipeline in JAX, which has none of its own: Grain, the first loader that its documentation names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import grain
import numpy as np

from probes.cell import Pipeline
from probes.pictures import MEAN, PADDING, SIZE, SPREAD
from probes.workloads import Array, Case


class Pictures:
    """Pictures with their numbers, by index."""

    def __init__(self, case: Case) -> None:
        self.pixels, self.numbers = case.inputs, case.labels

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> tuple[Array, Any]:
        return self.pixels[index], self.numbers[index]


def augmented(element: tuple[Array, Any], rng: np.random.Generator) -> tuple[Array, Any]:
    """Return one picture cropped, mirrored or not, standardised, with its number."""
    pixels, number = element
    sides = (PADDING, PADDING)
    picture = np.pad(pixels.astype(np.float32) / 255, (sides, sides, (0, 0)))
    row, column = rng.integers(0, 2 * PADDING + 1, 2)
    picture = picture[row : row + SIZE, column : column + SIZE]
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
    return (picture - np.float32(MEAN)) / np.float32(SPREAD), number


def threads(case: Case) -> Pipeline:
    """Take the pictures as Grain's quickstart does: threads of its own read ahead."""
    return _pipeline("grain.MapDataset: shuffle, random_map, batch, to_iter_dataset", case, grain.ReadOptions())


def few_threads(case: Case) -> Pipeline:
    """Do the same with as many threads as the framework has."""
    count = int(os.environ["PJRT_NPROC"])
    options = grain.ReadOptions(num_threads=count, prefetch_buffer_size=2 * count)
    return _pipeline(f"the same, ReadOptions(num_threads={count})", case, options)


def in_process(case: Case) -> Pipeline:
    """Do the same without threads."""
    return _pipeline("the same, without threads", case, grain.ReadOptions(num_threads=0, prefetch_buffer_size=0))


def _pipeline(how: str, case: Case, options: grain.ReadOptions) -> Pipeline:
    size = case.parameters["batch"]
    passes = 0

    def loader() -> Iterator[tuple[Array, Array]]:
        nonlocal passes
        passes += 1
        data = grain.MapDataset.source(Pictures(case)).seed(passes).shuffle().random_map(augmented).batch(size)
        return iter(data.to_iter_dataset(options))

    return Pipeline(how, loader, lambda: sum(len(numbers) for _, numbers in loader()))


SETTINGS = {"out-of-the-box": (threads,), "best-known": (few_threads, in_process, threads)}
