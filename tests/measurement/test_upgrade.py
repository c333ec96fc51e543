"""What older Runs say in other ways is read as what it was: names of fields, and sizes of no named build."""

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


def latency(**named: str) -> Observation:
    tried = [{"setting": "eager", "call": 2.0}, {"setting": "graph", "call": 1.0}]
    return Observation.model_validate(
        {
            "probe": "mlp-training", "framework": "toy", "metric": "latency", "unit": "s", "outcome": "not_run",
            "proof": {"tried": tried}, **named,
        }
    )  # fmt: skip


def test_a_mode_is_a_setting_and_what_was_called_so_is_its_variant() -> None:
    old, new = latency(mode="best-known", setting="graph"), latency(setting="best-known", variant="graph")
    assert old == new
    assert (old.setting, old.variant, old.key.setting) == ("best-known", "graph", "best-known")
    assert [each["variant"] for each in (old.proof or {})["tried"]] == ["eager", "graph"]
    assert Observation.model_validate(old.model_dump(mode="json")) == old


def test_the_setting_in_words_does_not_say_what_else_was_tried() -> None:
    told = latency(how="tf.function(jit_compile=True) (faster than tf.function(reduce) in a short trial; no compiler)")
    assert told.how == "tf.function(jit_compile=True)"
    assert latency(how="eager (channels_last)").how == "eager (channels_last)"


def test_a_route_of_an_older_run_has_a_variant_and_no_setting() -> None:
    found = latency(setting="U8S8")
    assert (found.setting, found.variant) == (None, "U8S8")
    assert latency(setting="out-of-the-box").variant is None
