"""What a model is asked, and what it answers: arrays by name, from and to files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from probes.arrays import Array

# By name, in the order in which the framework's model takes or gives them.
Feed = Mapping[str, Array]

SOLE = "inputs"
"""The name of an input that came without one: then it is in the probes' layout (see `probes.workloads`)."""


def of(inputs: Array | Feed) -> Feed:
    """Return arrays by name; one without a name is called `SOLE`."""
    return {SOLE: inputs} if isinstance(inputs, np.ndarray) else inputs


def count(feed: Feed) -> int:
    """Return how many samples there are: the first dimension of every array.

    Raises
    ------
    ValueError
        When the arrays are not of one length.
    """
    lengths = {name: len(array) for name, array in feed.items()}
    if len(set(lengths.values())) != 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"the inputs have no common number of samples: {told or 'there are none'}")
    return next(iter(lengths.values()))


def rows(feed: Feed, start: int, stop: int) -> Feed:
    """Return some of the samples."""
    return {name: array[start:stop] for name, array in feed.items()}


def batches(feed: Feed, size: int | None) -> Iterator[Feed]:
    """Yield the samples, `size` at a time; None: as they are, in one call."""
    if size is None:
        yield feed
        return
    total = count(feed)
    for start in range(0, total, size):
        yield rows(feed, start, start + size)


def save(path: Path, inputs: Array | Feed) -> Path:
    """Write arrays to a ``.npz`` file, one without a name to a ``.npy`` file; return where (`path` has no suffix)."""
    if isinstance(inputs, np.ndarray):
        whole = path.with_name(f"{path.name}.npy")
        np.save(whole, inputs)
        return whole
    whole = path.with_name(f"{path.name}.npz")
    np.savez(whole, allow_pickle=False, **inputs)
    return whole


def load(path: Path) -> Feed:
    """Return what `save` wrote."""
    read = np.load(path, allow_pickle=False)
    if isinstance(read, np.ndarray):
        return {SOLE: read}
    with read:
        return {name: read[name] for name in read.files}
