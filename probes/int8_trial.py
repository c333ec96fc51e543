"""Where a maker has several ways to int8, a short trial takes the fastest one that stays accurate on this processor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from probes import timing
from probes.proof import relative_error, size_of
from probes.runtimes import Model
from probes.runtimes.layouts import arranged
from probes.variant_choice import CLEARLY
from probes.workloads import Array

BLOCKS = 4
SECONDS = 0.02
# How many of the calibration samples each way answers in the trial.
JUDGED = 64


@dataclass(frozen=True)
class Way:
    """One way to int8: a short name, what it is in words, and what writes the artifact to a path."""

    setting: str
    how: str
    write: Callable[[Path], object]


def choose(
    ways: Sequence[Way],
    load: Callable[[Path, int], Model],
    path: Callable[[str], Path],
    expected: Array,
    samples: Array,
    limit: float,
) -> tuple[Path, dict[str, Any]]:
    """Write the artifact in every way, and return where the best one lies, and what was tried.

    Parameters
    ----------
    ways : sequence of Way
        The preferred one first. A later one is taken only when it takes less than 95 % of an earlier one's time.
    load : callable
        Loads an artifact for so many threads.
    path : callable
        Where the artifact of a way goes, by the way's name.
    expected : array
        The float32 answers to `samples` (see `answers`).
    samples : array
        N samples in the probes' layout.
    limit : float
        The largest error that stays accurate, as a share of the largest answer. Where no way does, the most accurate
        one is taken.

    Returns
    -------
    path, figures
        ``setting`` and ``how`` of what was taken, and ``tried``: for every way its ``setting``, ``how``,
        ``max_relative_error``, ``bytes`` and ``call`` (the shortest, in seconds, one thread, one sample), or
        ``message`` where it did not work.

    Raises
    ------
    Exception
        What the first way raised, when none works.
    """
    tried: list[dict[str, Any]] = []
    models: dict[str, Model] = {}
    failures: list[Exception] = []
    for way in ways:
        told: dict[str, Any] = {"setting": way.setting, "how": way.how}
        try:
            way.write(path(way.setting))
            model = load(path(way.setting), 1)
            told["max_relative_error"] = relative_error(answers(model, samples), expected)
        except Exception as error:  # noqa: BLE001 - a way may fail as long as another one works
            told["message"] = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            failures.append(error)
        else:
            told["bytes"] = size_of(path(way.setting))
            models[way.setting] = model
        tried.append(told)
    if not models:
        raise failures[0]
    worked = [told for told in tried if told["setting"] in models]
    for told, seconds in zip(worked, _shortest([*models.values()], samples[:1]), strict=True):
        told["call"] = seconds
    best = taken(worked, limit)
    return path(str(best["setting"])), {"setting": best["setting"], "how": best["how"], "tried": tried}


def taken(worked: Sequence[Mapping[str, Any]], limit: float) -> Mapping[str, Any]:
    """Return which of the ways that worked to take."""
    accurate = [told for told in worked if told["max_relative_error"] <= limit]
    if not accurate:
        return min(worked, key=lambda told: float(told["max_relative_error"]))
    best = accurate[0]
    for told in accurate:
        if told["call"] < CLEARLY * best["call"]:
            best = told
    return best


def answers(model: Model, samples: Array) -> Array:
    """Return the answers to the first samples, one by one: an artifact may be for one at a time."""
    return np.concatenate([model(sample[None]) for sample in arranged(samples[:JUDGED], model.input_shape)])


def _shortest(models: Sequence[Model], sample: Array) -> list[float]:
    """Return the shortest call of each model in seconds, from blocks in turns."""
    calls = [partial(model, arranged(sample, model.input_shape)) for model in models]
    shortest = [float("inf")] * len(models)
    for _ in range(BLOCKS):
        for index, call in enumerate(calls):
            seen = timing.block(call, lead_in=SECONDS / 2, seconds=SECONDS, minimum_calls=3)
            shortest[index] = min(shortest[index], *seen["calls"])
    return shortest
