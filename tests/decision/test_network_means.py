"""One figure for several networks."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from advisor.decision.network_means import levels, mean
from advisor.decision.readings import Reading

FIGURES = some.lists(some.floats(1e-6, 1e2), min_size=3, max_size=3)


def reading(value: float, width: float = 1.0) -> Reading:
    return Reading("measured", value, value / width, value * width, 3)


@given(FIGURES, FIGURES)
def test_of_complete_figures_it_is_the_geometric_mean(first: list[float], second: list[float]) -> None:
    stacks = [dict(zip("abc", each, strict=True)) for each in (first, second)]
    effects = levels([{name: math.log(value) for name, value in each.items()} for each in stacks])
    for each in stacks:
        found = mean({name: reading(value) for name, value in each.items()}, effects)
        assert found.value == pytest.approx(math.prod(each.values()) ** (1 / 3))


@given(FIGURES, some.floats(0.01, 100))
def test_a_stack_that_lacks_a_network_is_as_much_slower_as_on_the_others(of: list[float], slower: float) -> None:
    whole = dict(zip("abc", of, strict=True))
    lacking = {name: value * slower for name, value in whole.items() if name != "c"}
    rows = [{name: math.log(value) for name, value in each.items()} for each in (whole, lacking)]
    effects = levels(rows)
    one, other = (mean({name: reading(value) for name, value in each.items()}, effects) for each in (whole, lacking))
    assert one.value
    assert other.value
    assert other.value / one.value == pytest.approx(slower)


def test_the_interval_is_that_of_independent_figures_and_a_gap_is_told() -> None:
    rows = [{"a": 0.0, "b": 0.0, "c": 0.0, "d": 0.0}]
    four = {name: reading(1.0, 1.5) for name in "abcd"}
    found = mean(four, levels(rows))
    assert found.high == pytest.approx(1.5**0.5)
    assert found.low == pytest.approx(1.5**-0.5)
    found = mean({**four, "d": Reading("refuted")}, levels(rows))
    assert found.message == "geometric mean over a, b, c; without d (refuted)"


def test_of_bounds_there_are_bounds() -> None:
    bounds = {"a": Reading("bounded", high=2.0), "b": Reading("bounded", low=1.0, high=8.0)}
    found = mean(bounds, {"a": 0.0, "b": 0.0})
    assert (found.value, found.low) == (None, None)
    assert found.high == pytest.approx(4.0)
    assert mean({"a": Reading("not_run", message="why")}, {}).message == "why"
