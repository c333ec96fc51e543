"""The observations of a Run, each with its place, found by their keys; and the most that its machine reached."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from advisor.keys import CellKey, Stack
from advisor.measurement.run import Observation, Run

CEILING = "ceiling"
PEAK = "peak-flops"


@dataclass(frozen=True)
class Found:
    """An observation with its index in the Run."""

    index: int
    observation: Observation

    @functools.cached_property
    def key(self) -> CellKey:
        """The key of the observation."""
        return self.observation.key

    def pointer(self, *names: str) -> str:
        """Return the JSON pointer to the observation, or to a part of it."""
        return "/".join((f"/observations/{self.index}", *names))

    def detail(self, path: str) -> Any:
        """Return what the proof reports under a dotted path (``eager.frames``), or None."""
        value: Any = self.observation.proof
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def detail_pointer(self, path: str) -> str:
        """Return the JSON pointer to a detail of the proof."""
        return self.pointer("proof", *path.split("."))


class RunIndex:
    """The observations of a Run, each with its place, by key and by stack.

    Parameters
    ----------
    run : Run
        What is looked into; of two observations with one key the first counts, but no Run that was read has two.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._all = tuple(Found(index, each) for index, each in enumerate(run.observations))
        self._keys: dict[CellKey, Found] = {}
        self._stacks: dict[Stack, list[Found]] = {}
        for found in self._all:
            self._keys.setdefault(found.key, found)
            self._stacks.setdefault(found.key.stack, []).append(found)

    def __iter__(self) -> Iterator[Found]:
        return iter(self._all)

    def find(self, key: CellKey, **other: Any) -> Found | None:
        """Return the observation with this key, or with one that differs from it in `other` only."""
        return self._keys.get(replace(key, **other) if other else key)

    @property
    def stacks(self) -> list[Stack]:
        """The stacks that something was observed of, in the order of the Run."""
        return list(self._stacks)

    def of(self, stack: Stack) -> list[Found]:
        """Return the observations of one stack, in the order of the Run."""
        return self._stacks.get(stack, [])


def peak_of(run: Run) -> float | None:
    """Return the most operations a second that the machine of a Run was seen to reach, or None."""
    peaks = [
        each.summary.median
        for each in run.observations
        if (each.probe, each.metric) == (CEILING, PEAK) and each.summary is not None
    ]
    return max(peaks, default=None)
