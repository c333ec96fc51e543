"""Numbers and days: one way to read each, and what is offered for another notation is read."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import numerals


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15))
def test_a_number_that_is_written_is_read_as_the_same(value: float) -> None:
    assert numerals.number(numerals.written(value)) == value


@given(st.text(st.sampled_from("0123456789.,-+e_' ٣５"), max_size=9))
def test_what_is_offered_is_a_number(text: str) -> None:
    for each in numerals.likely(text):
        assert numerals.digits(each) == each
        assert math.isfinite(float(each))


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "-inf", "NaN", "Infinity", "1e999", "9" * 400, "0x10", "1:30", "½", "--1"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        numerals.number(text)


@pytest.mark.parametrize("text", ["1.5", "1.0", "1,000", "1_0", "+1", "１", "01", "1e3", "", "nan", "9" * 400])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a whole number such as '8'"):
        numerals.count(text)


def test_groups_are_read_where_nothing_else_can_be_meant() -> None:
    assert numerals.count("1,000,000") == 1_000_000
    assert numerals.number("1,000.5") == 1000.5
    assert numerals.digits("1,000") is None
    assert numerals.digits("0,100,000") is None


@given(st.dates())
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert numerals.day(day.isoformat()) == day


@pytest.mark.parametrize(
    "text", ["2024-02-30", "2024-13-01", "0000-01-01", "4.9.2024", "2024-09", "2024-W01-1", "", "now"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a date such as '2024-09-04', got"):
        numerals.day(text)
