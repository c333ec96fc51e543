"""The inputs that a model is asked: drawn from its specification, or the user's own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from probes.arrays import Array
from probes.channel import ProbeError
from probes.feeds import Feed
from probes.models.subject import BATCH, Entry

DRAWN = 5
"""So many different samples are drawn: the exporter sees the first."""
SEED = 2016


def entry(told: Mapping[str, Any]) -> Entry:
    """Return an entry as a specification says it."""
    given = told.get("range")
    bounds = None if given is None else (float(given[0]), float(given[1]))
    return Entry(str(told["name"]), str(told["dtype"]), tuple(told["shape"]), bounds)


def merged(own: Sequence[Entry] | None, given: Sequence[Entry]) -> list[Entry]:
    """Return the entries of a model with what the user said of them in place of its own.

    Raises
    ------
    ProbeError
        When the user names an input that the model has not.
    """
    if own is None:
        return list(given)
    said = {each.name: each for each in given}
    known = {each.name for each in own}
    strange = [name for name in said if name not in known]
    if strange:
        if len(own) == len(given):  # names of the user's own, in the model's order
            return list(given)
        raise ProbeError("error", f"the model has no input {strange[0]!r}: it has {', '.join(known)}")
    return [said.get(each.name, each) for each in own]


def lacking(entries: Sequence[Entry], sizes: Mapping[str, int]) -> list[str]:
    """Return in words what has to be said before inputs can be drawn."""
    found = []
    for each in entries:
        open_ = [axis for axis, size in enumerate(each.shape) if size is None]
        found += [f"the size of dimension {axis} of {each.name}" for axis in open_]
        named = [size for size in each.shape if isinstance(size, str) and size not in (BATCH, *sizes)]
        found += [f"the size of '{size}' of {each.name}" for size in named]
        if np.issubdtype(np.dtype(each.dtype), np.integer) and each.range is None:
            found.append(f"the range of {each.name}, which takes whole numbers")
    return list(dict.fromkeys(found))


def drawn(entries: Sequence[Entry], sizes: Mapping[str, int], count: int = DRAWN, seed: int = SEED) -> Feed:
    """Return `count` samples of every input; what has no batch gets a first dimension more, and is asked one by one."""
    rng = np.random.default_rng(seed)
    return {each.name: _drawn(rng, each, sizes, count) for each in entries}


def _drawn(rng: np.random.Generator, each: Entry, sizes: Mapping[str, int], count: int) -> Array:
    # Where it is not the first dimension, the batch is one sample.
    shape = [
        (1 if axis else count) if size == BATCH else sizes[size] if isinstance(size, str) else size
        for axis, size in enumerate(each.shape)
    ]
    kind = np.dtype(each.dtype)
    if not each.shape or each.shape[0] != BATCH:
        shape = [count, *shape]
    whole = tuple(int(size or 1) for size in shape)
    if kind == np.bool_:
        return np.asarray(rng.random(whole) < 0.5)
    if np.issubdtype(kind, np.integer):
        assert each.range is not None
        low, high = (int(bound) for bound in each.range)
        return rng.integers(low, high, whole, endpoint=True).astype(kind)
    if each.range is None:
        return rng.standard_normal(whole).astype(kind)
    least, most = each.range
    return (least + (most - least) * rng.random(whole)).astype(kind)


def batched(entries: Sequence[Entry]) -> bool:
    """Tell whether several samples may go in one call: every input has the batch as its first dimension."""
    return bool(entries) and all(each.shape and each.shape[0] == BATCH for each in entries)


def rows(feed: Feed, entries: Sequence[Entry], start: int, stop: int) -> Feed:
    """Return samples as the model takes them: several where there is a batch, else one, without the extra dimension."""
    free = {each.name for each in entries if each.shape and each.shape[0] == BATCH}
    return {
        name: array[start:stop] if name in free else np.array(array[start], order="C") for name, array in feed.items()
    }


def read(path: Path, entries: Sequence[Entry]) -> Feed:
    """Return the user's samples from a ``.npz`` (by name), a ``.npy`` (of the only input), or a folder of ``.npy``."""
    try:
        if path.is_dir():
            found = {file.stem: np.load(file, allow_pickle=False) for file in sorted(path.glob("*.npy"))}
        else:
            loaded = np.load(path, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                found = {entries[0].name if len(entries) == 1 else path.stem: loaded}
            else:
                with loaded:
                    found = {name: loaded[name] for name in loaded.files}
    except (OSError, ValueError) as error:
        raise ProbeError("error", f"--samples {path.name}: {error}") from error
    return fitted(found, entries, f"--samples {path.name}")


def fitted(found: Mapping[str, Array], entries: Sequence[Entry], what: str) -> Feed:
    """Return samples in the order and types of the entries; an error names what does not fit."""
    missing = [each.name for each in entries if each.name not in found]
    if missing:
        raise ProbeError("error", f"{what}: there is nothing for the input {missing[0]!r} (it has {', '.join(found)})")
    taken: dict[str, Array] = {}
    for each in entries:
        array = found[each.name]
        shape = each.shape if each.shape and each.shape[0] == BATCH else (BATCH, *each.shape)
        fits = array.ndim == len(shape) and all(
            not isinstance(want, int) or want == size for want, size in zip(shape, array.shape, strict=True)
        )
        if not fits:
            wanted = " × ".join(str(size) for size in shape)
            raise ProbeError("error", f"{what}: {each.name} is {' × '.join(map(str, array.shape))}, expected {wanted}")
        taken[each.name] = array.astype(each.dtype)
    lengths = {len(array) for array in taken.values()}
    if len(lengths) != 1:
        raise ProbeError("error", f"{what}: the inputs have different numbers of samples: {sorted(lengths)}")
    if lengths == {0} or math.prod(lengths) < 4:
        raise ProbeError("error", f"{what}: expected at least 4 samples")
    return taken
