"""What names a measurement, and how it is found again in a Run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.keys import EVERY, CellKey, Query, Stack
from advisor.measurement.run import Observation, Run, Skipped, load_run
from advisor.measurement.run_index import Found, RunIndex
from tests.samples import sample_run

RUNS = sorted((Path(__file__).parents[1] / "data").glob("*.json"))
NAMES = st.sampled_from(["a", "b", "c:d"])
KEYS = st.builds(
    CellKey,
    probe=NAMES, network=st.none() | NAMES, stack=st.builds(Stack, framework=NAMES, route=st.none() | NAMES),
    setting=st.none() | NAMES, device=st.none() | NAMES,
    parameters=st.dictionaries(NAMES, st.integers() | st.booleans() | NAMES, max_size=2).map(
        lambda found: tuple(sorted(found.items()))
    ),
    metric=st.none() | NAMES,
)  # fmt: skip


def seen(**update: object) -> Observation:
    data: dict[str, object] = {"probe": "walk", "framework": "ann", "outcome": "not_run", "metric": "latency"}
    return Observation.model_validate(data | update)


@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.stem)
def test_every_observation_of_a_run_is_found_by_its_key(path: Path) -> None:
    run = load_run(path)
    index = RunIndex(run)
    for place, each in enumerate(run.observations):
        found = index.find(each.key)
        assert found is not None
        assert (found.index, found.observation) == (place, each)
        assert any(found is one for one in index.of(each.key.stack))


@given(st.lists(KEYS, max_size=6))
def test_two_keys_are_written_alike_only_where_they_are_the_same(keys: list[CellKey]) -> None:
    for first in keys:
        for second in keys:
            assert (str(first) == str(second)) <= (first == second)


@pytest.mark.parametrize(
    "other",
    [
        {"probe": "run"}, {"workload": "hills"}, {"framework": "bob"}, {"route": "wood"}, {"setting": "out-of-the-box"},
        {"device": "cuda"}, {"parameters": {"batch": 1}}, {"metric": "energy"}, {"metric": None},
    ],
)  # fmt: skip
def test_each_part_tells_measurements_apart(other: dict[str, object]) -> None:
    assert seen(**other).key != seen().key
    assert seen(**other, how="gently", variant="slow").key == seen(**other).key


def test_the_work_is_the_same_for_every_stack() -> None:
    one, other = seen().key, seen(framework="bob", route="wood").key
    assert one.work == other.work
    assert one.work.stack == EVERY


def test_what_differs_in_one_part_is_found_from_the_other() -> None:
    first, second = seen(parameters={"batch": 8}), seen(parameters={"batch": 8}, setting="out-of-the-box")
    index = RunIndex(run_of(first, second))
    assert index.find(first.key, setting="out-of-the-box") == Found(1, second)
    assert index.find(first.key, setting="best-known") is None


def test_a_detail_of_a_proof_has_its_pointer() -> None:
    found = Found(3, seen(metric=None, outcome="proved", proof={"eager": {"frames": 3}}))
    assert found.detail("eager.frames") == 3
    assert found.detail("eager.frames.more") is None
    assert found.detail_pointer("eager.frames") == "/observations/3/proof/eager/frames"


def test_a_query_leaves_open_what_an_observation_does_not_say() -> None:
    asked = Query(probe="w*", workload="hills", setting="out-of-the-box", parameters={"batch": 1})
    assert asked.matches(seen().key)
    assert asked.matches(seen(workload="hills", setting="out-of-the-box").key)
    assert not asked.matches(seen(workload="sea").key)
    assert not asked.matches(seen(setting="best-known").key)
    assert not asked.matches(seen(probe="run").key)
    assert asked.includes(seen(parameters={"batch": 1, "precision": "int8"}).key)
    assert not asked.includes(seen().key)
    assert asked.governs(seen().key)
    assert not asked.governs(seen(parameters={"batch": 16}).key)


def test_what_an_older_run_left_out_for_one_batch_is_about_that_batch() -> None:
    left = {"probe": "cnn-inference", "why": "batch 16: nothing asks for it; leave out --quick to measure it"}
    assert Skipped.model_validate(left).parameters == {"batch": 16}
    assert Skipped.model_validate(left | {"parameters": {}}).parameters == {}
    assert Skipped.model_validate(left | {"why": "no batch 16: of this kind"}).parameters == {}


def run_of(*observations: Observation) -> Run:
    return sample_run().model_copy(update={"observations": observations})
