"""Sizes of runtimes of older Runs, which named no build, are read as those of the build that they were."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.measurement.run import Observation
from advisor.measurement.upgrade import with_build


def size(route: str, **parameters: object) -> dict[str, Any]:
    exact = {"median": 1e6, "low": 1e6, "high": 1e6, "n": 1}
    return {
        "probe": f"route:{route}", "framework": "pytorch", "route": route, "parameters": parameters,
        "metric": "runtime-size", "unit": "B", "outcome": "measured", "summary": exact,
    }  # fmt: skip


@pytest.mark.parametrize(("route", "build"), [("executorch", "selective"), ("litert", "python"), ("toyrt", "python")])
def test_a_size_of_no_named_build_is_of_the_one_that_was_mapped(route: str, build: str) -> None:
    read = Observation.model_validate(size(route, precision="int8"))
    assert read.parameters == {"precision": "int8", "build": build}


def test_a_named_build_and_every_other_metric_are_left_alone() -> None:
    named = size("executorch", precision="int8", build="native")
    assert with_build(named) is named
    other = named | {"metric": "artifact-size", "parameters": {"precision": "int8"}}
    assert with_build(other) is other
    for odd in (None, 3, {}, {"metric": "runtime-size"}, {"metric": "runtime-size", "parameters": []}):
        assert with_build(odd) is odd
