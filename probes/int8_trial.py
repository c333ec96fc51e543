"""Where a maker has several ways to int8, a short trial takes the fastest of those that stay near float32."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from probes import feeds, timing
from probes.arrays import Array
from probes.feeds import Feed
from probes.proof import relative_rms, size_of
from probes.runtimes import Model
from probes.runtimes.slots import Bound
from probes.variant_choice import CLEARLY

BLOCKS = 4
SECONDS = 0.02
# How many of the calibration samples each way answers in the trial.
JUDGED = 64
# Ways that stay this near to float32 (relative rms) are taken to be equally good, and so are those within half as much
# again of the nearest: seeded networks come out at 4 to 35 % with every maker, which says nothing against any of them.
FINE = 0.03
ABOUT = 1.5


@dataclass(frozen=True)
class Way:
    """One way to int8: a short name, what it is in words, and what writes the artifact to a path."""

    variant: str
    how: str
    write: Callable[[Path], object]


def choose(
    ways: Sequence[Way],
    load: Callable[[Path, int], Model],
    path: Callable[[str], Path],
    expected: Feed,
    samples: Array | Feed,
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
    expected : mapping
        The float32 answers to `samples` (see `answers`).
    samples : array or mapping
        N samples.

    Returns
    -------
    path, figures
        ``variant`` and ``how`` of what was taken, and ``tried``: for every way its ``variant``, ``how``,
        ``relative_rms``, ``bytes`` and ``call`` (the shortest, in seconds, one thread, one sample), or ``message``
        where it did not work.

    Raises
    ------
    Exception
        What the first way raised, when none works.
    """
    tried: list[dict[str, Any]] = []
    models: dict[str, Model] = {}
    failures: list[Exception] = []
    for way in ways:
        told: dict[str, Any] = {"variant": way.variant, "how": way.how}
        try:
            way.write(path(way.variant))
            model = load(path(way.variant), 1)
            told["relative_rms"] = relative_rms(answers(model, samples, [*expected]), expected)
        except Exception as error:  # noqa: BLE001 - a way may fail as long as another one works
            told["message"] = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            failures.append(error)
        else:
            told["bytes"] = size_of(path(way.variant))
            models[way.variant] = model
        tried.append(told)
    if not models:
        raise failures[0]
    worked = [told for told in tried if told["variant"] in models]
    for told, seconds in zip(worked, _shortest([*models.values()], samples), strict=True):
        told["call"] = seconds
    best = taken(worked)
    return path(str(best["variant"])), {"variant": best["variant"], "how": best["how"], "tried": tried}


def taken(worked: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return which of the ways that worked to take: the fastest of those about as near to float32 as the nearest."""
    nearest = min(float(told["relative_rms"]) for told in worked)
    accurate = [told for told in worked if told["relative_rms"] <= max(FINE, ABOUT * nearest)]
    best = accurate[0]
    for told in accurate:
        if told["call"] < CLEARLY * best["call"]:
            best = told
    return best


def answers(model: Model, samples: Array | Feed, outputs: Sequence[str] | None = None) -> Feed:
    """Return the answers to the first samples, one by one: an artifact may be for one at a time."""
    given = feeds.of(samples)
    bound = Bound(model, [*given], outputs)
    parts = [bound(each) for each in feeds.batches(feeds.rows(given, 0, JUDGED), 1)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _shortest(models: Sequence[Model], samples: Array | Feed) -> list[float]:
    """Return the shortest call of each model in seconds, from blocks in turns."""
    sample = feeds.rows(feeds.of(samples), 0, 1)
    calls = [partial(model, *Bound(model, [*sample]).arranged(sample)) for model in models]
    shortest = [float("inf")] * len(models)
    for _ in range(BLOCKS):
        for index, call in enumerate(calls):
            seen = timing.block(call, lead_in=SECONDS / 2, seconds=SECONDS, minimum_calls=3)
            shortest[index] = min(shortest[index], *seen["calls"])
    return shortest
