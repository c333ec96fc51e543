"""Typed tables: what a row does not say is missing, and each column has the type that it promises."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.frames import Column, frame
from advisor.keys import stack_id
from advisor.measurement import frames as measured
from advisor.measurement.run import Run
from tests.samples import sample_run

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "category": st.text(max_size=3),
    "text": st.text(),
    "number": st.floats(allow_nan=False),
    "count": st.integers(-(2**53), 2**53),
    "yes or no": st.booleans(),
    "moment": st.datetimes(),
}


@pytest.fixture(scope="module")
def run() -> Run:
    return sample_run()


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
def test_what_goes_in_comes_out_and_what_is_not_said_is_missing(kind: Any, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.none() | VALUES[kind], max_size=5))
    made = frame([{} if value is None else {"x": value} for value in values], {"x": Column(kind, "x")})
    for value, found in zip(values, made["x"], strict=True):
        assert pd.isna(found) if value is None else (str(found)[:19] == str(value)[:19] or found == value)


def test_an_empty_frame_has_the_same_types() -> None:
    full = measured.samples(sample_run())
    empty = measured.samples(sample_run(keep=lambda each: False))
    assert empty.empty
    assert {name: str(kind) for name, kind in empty.dtypes.items()} == {
        name: str(kind) for name, kind in full.dtypes.items()
    }


def test_a_value_of_another_type_is_an_error() -> None:
    with pytest.raises((ValueError, TypeError)):
        frame([{"n": "many"}], {"n": Column("count", "how many")})


def test_each_observation_of_a_run_is_a_row_and_each_block_of_it(run: Run) -> None:
    rows, blocks = run.to_frame(), run.samples()
    assert len(rows) == len(run.observations)
    assert len(blocks) == sum(len(each.rounds) for each in run.observations)
    timed = rows[rows["metric"] == "latency"].iloc[0]
    number = int(timed["evidence"].rpartition("/")[2])
    found = run.observations[number].summary
    assert found is not None
    assert (timed["value"], timed["low"], timed["high"]) == (found.median, found.low, found.high)
    assert timed["stack"] == stack_id(run.observations[number].stack)
    of_one = blocks[blocks["evidence"].str.startswith(f"{timed['evidence']}/")]
    assert of_one["median"].tolist() == [block.median for block in run.observations[number].rounds]


def test_every_column_says_what_it_holds_and_grades_are_in_order(run: Run) -> None:
    for made in (run.to_frame(), run.samples()):
        assert list(made.attrs["columns"]) == list(made.columns)
        assert all(made.attrs["columns"].values())
        assert made["grade"].cat.ordered
    assert list(run.to_frame()["grade"].cat.categories) == ["bounded", "under load", "reported", "measured"]
    assert run.samples().attrs["units"]["wall"] == "s"


def test_frames_of_several_runs_go_below_each_other(run: Run) -> None:
    other = run.model_copy(update={"id": "20261121-000000-0000"})
    both = pd.concat([run.to_frame(), other.to_frame()])
    assert both["run"].value_counts().to_dict() == {each.id: len(run.observations) for each in (run, other)}
