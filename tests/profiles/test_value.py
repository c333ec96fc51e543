"""Value functions: 0 at the floor, 1 at the target, monotone, invertible, and equal factors are worth the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.profiles.value import ValueFunction

UNITS = st.sampled_from(["s", "B", "1/s", ""])
AMOUNTS = st.floats(1e-6, 1e9)


@st.composite
def functions(draw: st.DrawFn) -> ValueFunction:
    floor = draw(AMOUNTS)
    factor = draw(st.floats(1.01, 1e4))
    return ValueFunction(floor, floor * factor if draw(st.booleans()) else floor / factor, draw(UNITS))


@given(functions())
def test_floor_is_worth_nothing_and_target_everything(value: ValueFunction) -> None:
    assert value(value.floor) == pytest.approx(0, abs=1e-9)
    assert value(value.target) == pytest.approx(1, abs=1e-9)


@given(functions(), st.floats(0, 1))
def test_inverse_gives_the_worth_back(value: ValueFunction, worth: float) -> None:
    assert value(value.inverse(worth)) == pytest.approx(worth, abs=1e-6)


@given(functions(), AMOUNTS, AMOUNTS)
def test_what_is_better_is_never_worth_less(value: ValueFunction, one: float, other: float) -> None:
    better, worse = (
        (max(one, other), min(one, other)) if value.better == "higher" else (min(one, other), max(one, other))
    )
    assert 0 <= value(worse) <= value(better) <= 1


@pytest.mark.parametrize("unit", ["s", "B", "1/s"])
def test_equal_factors_are_worth_the_same(unit: str) -> None:
    value = ValueFunction(floor=0.1, target=0.001, unit=unit)
    assert value(0.01) == pytest.approx(0.5)
    assert value(0.02) - value(0.04) == pytest.approx(value(0.002) - value(0.004))


def test_ratios_and_levels_are_linear() -> None:
    assert ValueFunction(floor=0.02, target=0.0, unit="")(0.005) == pytest.approx(0.75)
    assert ValueFunction(floor=0, target=2, unit="")(1) == pytest.approx(0.5)


def test_nothing_at_all_counts_as_the_smallest_quantity() -> None:
    assert ValueFunction(floor=1.0, target=0.01, unit="s")(0.0) == 1.0
    assert math.isfinite(ValueFunction(floor=1.0, target=0.01, unit="s").position(-1.0))
