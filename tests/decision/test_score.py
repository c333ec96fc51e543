"""The additive value and its bounds: the properties that must hold whatever the table."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.decision.recommendation import Cell
from advisor.decision.table import worth
from advisor.profiles.profile import Profile
from advisor.profiles.value import ValueFunction
from tests.decision.tables import Interval, criterion, intervals, profile, table, tables, wish

Rows = dict[str, dict[str, Interval | None]]


def test_the_value_is_the_weighted_sum_of_the_partial_values() -> None:
    needed = profile([wish(criterion("speed", "s", "lower"), 3, 0.1, 0.001), wish(criterion("accuracy"), 1, 0.5, 1.0)])
    found = table(needed, {"a": {"speed": (0.01, 0.01, 0.01), "accuracy": (0.9, 0.9, 0.9)}})
    assert found.values["a"].middle == pytest.approx(0.75 * 0.5 + 0.25 * 0.8)


@given(tables())
def test_the_value_lies_within_its_bounds(case: tuple[Profile, Rows]) -> None:
    needed, rows = case
    for value in table(needed, rows).values.values():
        assert -1e-9 <= value.low <= value.middle + 1e-9
        assert value.middle <= value.high + 1e-9 <= 1 + 2e-9


@given(tables(), st.data())
def test_adding_cloning_or_removing_a_loser_changes_no_other_score(
    case: tuple[Profile, Rows], data: st.DataObject
) -> None:
    needed, rows = case
    before = table(needed, rows)
    loser = before.feasible[-1]
    added = {**rows, "new": {name: data.draw(st.none() | intervals()) for name in needed.criteria}}
    cloned = {**rows, "clone": rows[loser]}
    removed = {name: row for name, row in rows.items() if name != loser}
    for changed in (added, cloned, removed):
        after = table(needed, changed)
        for name in set(rows) & set(changed):
            assert after.values[name] == before.values[name]
        order = [name for name in after.feasible if name in rows]
        assert order == [name for name in before.feasible if name in changed]


@given(tables(gaps=False), st.data())
def test_improving_a_figure_never_lowers_the_value(case: tuple[Profile, Rows], data: st.DataObject) -> None:
    needed, rows = case
    stack, column = data.draw(st.sampled_from(sorted(rows))), data.draw(st.sampled_from(sorted(needed.criteria)))
    factor = data.draw(st.floats(1.0, 10.0))
    if needed.criteria[column].better == "lower":
        factor = 1 / factor
    value, low, high = rows[stack][column] or (1.0, 1.0, 1.0)
    better: Rows = {**rows, stack: {**rows[stack], column: (value * factor, low * factor, high * factor)}}
    before, after = table(needed, rows).values[stack], table(needed, better).values[stack]
    assert after.low >= before.low - 1e-9
    assert after.middle >= before.middle - 1e-9
    assert after.high >= before.high - 1e-9


@given(tables(), st.data())
def test_deleting_evidence_never_raises_the_lower_bound_nor_narrows_the_interval(
    case: tuple[Profile, Rows], data: st.DataObject
) -> None:
    needed, rows = case
    stack, column = data.draw(st.sampled_from(sorted(rows))), data.draw(st.sampled_from(sorted(needed.criteria)))
    poorer: Rows = {**rows, stack: {**rows[stack], column: None}}
    before, after = table(needed, rows).values[stack], table(needed, poorer).values[stack]
    assert after.low <= before.low + 1e-9
    assert after.high >= before.high - 1e-9
    assert after.high - after.low >= before.high - before.low - 1e-9


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_stacks_and_criteria_changes_nothing(case: tuple[Profile, Rows], shuffler: object) -> None:
    needed, rows = case
    names = list(rows)
    getattr(shuffler, "shuffle")(names)  # noqa: B009
    wishes = list(needed.wishes)
    getattr(shuffler, "shuffle")(wishes)  # noqa: B009
    shuffled = Profile(needed.name, needed.title, needed.question, None, tuple(wishes))
    before, after = table(needed, rows), table(shuffled, {name: rows[name] for name in names})
    assert after.feasible == before.feasible or len({round(v.middle, 9) for v in before.values.values()}) < len(rows)
    for name in rows:
        assert after.values[name].middle == pytest.approx(before.values[name].middle)


@given(tables(stacks=5))
def test_the_ranking_is_transitive(case: tuple[Profile, Rows]) -> None:
    needed, rows = case
    found = table(needed, rows)
    values = [found.values[name].middle for name in found.feasible]
    assert values == sorted(values, reverse=True)


VALUE = ValueFunction(floor=0.1, target=0.001, unit="s")
NOTHING = Cell(framework="a", criterion="c", outcome="not_run", unit="s", provenance="missing")


def test_a_missing_cell_can_be_worth_anything() -> None:
    found = worth(NOTHING, VALUE)
    assert (found.point, found.low, found.high, found.middle) == (None, 0.0, 1.0, 0.5)


@pytest.mark.parametrize("outcome", ["not_supported", "refuted"])
def test_an_outcome_against_the_stack_is_evidence_and_worth_nothing(outcome: str) -> None:
    found = worth(NOTHING.model_copy(update={"outcome": outcome, "provenance": "measured here"}), VALUE)
    assert (found.point, found.low, found.high) == (0.0, 0.0, 0.0)


def test_a_bound_limits_the_worth_from_one_side_only() -> None:
    bounded = NOTHING.model_copy(update={"outcome": "bounded", "provenance": "measured here"})
    at_least = worth(bounded.model_copy(update={"low": 0.01}), VALUE)
    at_most = worth(bounded.model_copy(update={"high": 0.01}), VALUE)
    assert [at_least.low, at_least.high] == pytest.approx([0.0, 0.5])
    assert [at_most.low, at_most.high] == pytest.approx([0.5, 1.0])
    assert at_least.point is None
    assert at_most.point is None


@given(intervals())
def test_bounds_hold_the_point_even_where_rounding_bites(known: Interval) -> None:
    value, low, high = known
    cell = NOTHING.model_copy(
        update={"outcome": "measured", "provenance": "measured here", "value": value, "low": low, "high": high}
    )
    found = worth(cell, ValueFunction(100.0, 1.0, "s"))
    assert found.point is not None
    assert math.isfinite(found.point)
    assert found.low <= found.point <= found.high
