"""Quantities: what people write is read in base units, and refused with an example when it is no such quantity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quantiphy import Quantity

from advisor import quantities


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("10 MB", "B", 10e6),
        ("10MB", "B", 10e6),
        ("10 MiB", "B", 10 * 2**20),
        ("5 ms", "s", 0.005),
        ("5 µs", "s", 5e-6),
        ("3 days", "s", 3 * 86400),
        ("2 minutes", "s", 120),
        ("10 min", "s", 600),
        ("24 h", "s", 86400),
        ("0.1 sec", "s", 0.1),
        ("50 milliseconds", "s", 0.05),
        ("2 %", "", 0.02),
        ("0.5", "", 0.5),
        ("100 /s", "1/s", 100),
        ("2k /s", "1/s", 2000),
        (5, "s", 5),
    ],
)
def test_parse_reads_what_people_write(text: str | float, unit: str, value: float) -> None:
    assert quantities.parse(text, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("5 ms", "B"), ("10 MB", "s"), ("fast", "s"), ("", "B"), ("5 m", "s"), ("nan", "s"), ("1e999", "s"), (True, ""),
        (10**400, "s"), ("9" * 400, "B"),
    ],
)  # fmt: skip
def test_parse_refuses_other_things_with_an_example(text: str | float, unit: str) -> None:
    with pytest.raises(ValueError, match="expected a"):
        quantities.parse(text, unit)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.000612, "s", "612 µs"),
        (12.9, "s", "12.9 s"),
        (119, "s", "119 s"),
        (600, "s", "10 min"),
        (86_400, "s", "24 h"),
        (259 * 86_400, "s", "259 days"),
        (24352, "B", "24.4 kB"),
        (999, "B", "999 B"),
        (0, "s", "0 s"),
        (0.0031, "", "0.0031"),
        (1500, "", "1,500"),
        (123456.7, "1/s", "123,457 /s"),
        (167.44e9, "1/s", "167 G/s"),
        (2.5e6, "1/s", "2.50 M/s"),
    ],
)
def test_show_uses_prefixes_and_sensible_digits(value: float, unit: str, text: str) -> None:
    assert quantities.show(value, unit) == text


@given(st.floats(min_value=1e-9, max_value=1e9))
def test_a_shown_time_reads_back_within_its_digits(value: float) -> None:
    assert quantities.parse(quantities.show(value, "s"), "s") == pytest.approx(value, rel=0.006)


# From two minutes on we say minutes, which the library does not.
@given(st.floats(1e-11, 119) | st.floats(1e-3, 119), st.sampled_from([2, 3, 4]), st.sampled_from([1, -1]))
def test_figures_look_as_the_library_writes_them(size: float, digits: int, sign: int) -> None:
    value = sign * size
    expected = Quantity(value, "s").render(prec=digits - 1, strip_zeros=False)
    assert quantities.show(value, "s", digits=digits) == str(expected).replace("u", "µ")


@given(
    st.decimals(0, 10**6, places=3).map(lambda number: f"{number.normalize():f}"),
    st.sampled_from(
        ["s", "ms", "µs", "B", "kB", "MB", "GB", "%", "day", "days", "weeks", "years", "minutes", "min", "h"]
    ),
)
def test_common_forms_are_read_as_the_library_reads_them(number: str, unit: str) -> None:
    text = f"{number} {unit}"
    assert quantities._common(text) == quantities._read(text)


@pytest.mark.parametrize("text", ["5", "5 m", "1e3 s", "5 KB", "-1 s", "1,5 s", "5 ms ", "5  ms", "5 apples", "% 5"])
def test_what_is_not_common_is_left_to_the_library(text: str) -> None:
    assert quantities._common(text) is None


@pytest.mark.parametrize(
    ("text", "unit", "percent"), [("256", "B", False), (50, "s", False), ("1e3", "s", False), (1, "", True)]
)
def test_a_quantity_without_its_unit_is_refused_where_one_could_be_meant(
    text: str | float, unit: str, percent: bool
) -> None:
    with pytest.raises(ValueError, match="which has no unit"):
        quantities.stated(text, unit, percent=percent)


@pytest.mark.parametrize(
    ("text", "unit", "percent", "value"),
    [("256 MB", "B", False, 256e6), (0, "s", False, 0.0), ("4", "", False, 4.0), ("1 %", "", True, 0.01)],
)
def test_what_says_its_unit_and_what_needs_none_is_read(
    text: str | float, unit: str, percent: bool, value: float
) -> None:
    assert quantities.stated(text, unit, percent=percent) == pytest.approx(value)
