"""The trial of ways to int8: the fastest that stays accurate, and what was tried is told."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from probes import int8_trial
from probes.int8_trial import Way
from probes.runtimes import Slot
from probes.workloads import Array

SAMPLES = np.linspace(-1.0, 1.0, 12, dtype=np.float32).reshape(6, 2)


class Scaled:
    """A model whose file holds its factor and how long it takes."""

    def __init__(self, path: Path, threads: int) -> None:
        assert threads == 1
        self._factor, self._seconds = map(float, path.read_text().split())
        self.inputs: tuple[Slot, ...] = (Slot("x", "float32", (None, 2)),)
        self.outputs: tuple[Slot, ...] = self.inputs

    def __call__(self, *given: Array) -> list[Array]:
        time.sleep(self._seconds)
        return [each * np.float32(self._factor) for each in given]


def tried(folder: Path, ways: dict[str, str]) -> tuple[str, list[dict[str, object]]]:
    def way(name: str, content: str) -> Way:
        return Way(name, f"as {name}", lambda path: path.write_text(content))

    found = [way(name, content) for name, content in ways.items()]
    best, figures = int8_trial.choose(found, Scaled, lambda name: folder / name, {"x": SAMPLES}, SAMPLES)
    assert best == folder / figures["variant"]
    assert figures["how"] == f"as {figures['variant']}"
    return figures["variant"], figures["tried"]


def test_the_fastest_accurate_one_is_taken_and_all_are_told(tmp_path: Path) -> None:
    ways = {"slow": "1.01 0.004", "fast": "1.01 0.001", "wrong": "1.5 0.0", "broken": "no number"}
    taken, told = tried(tmp_path, ways)
    assert taken == "fast"
    assert [each["variant"] for each in told] == list(ways)
    assert "ValueError" in str(told[3]["message"])
    assert all(each["call"] and each["bytes"] for each in told[:3])


def test_one_that_is_hardly_faster_does_not_displace_the_preferred_one() -> None:
    first = {"variant": "first", "relative_rms": 0.01, "call": 1.0}
    assert int8_trial.taken([first, first | {"variant": "second", "call": 0.96}]) == first
    assert int8_trial.taken([first, first | {"variant": "second", "call": 0.94}])["variant"] == "second"


def test_where_all_are_far_the_fastest_of_those_as_near_as_the_nearest_is_taken(tmp_path: Path) -> None:
    """A seeded MobileNetV2 is 25 to 28 % off in int8 with every maker: the fastest of them may be taken."""
    assert tried(tmp_path, {"far": "2.0 0.0", "near": "1.25 0.004", "as near": "1.28 0.001"})[0] == "as near"


def test_where_none_works_the_first_failure_is_the_outcome(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="could not convert"):
        tried(tmp_path, {"broken": "one two", "more": "x y z"})
