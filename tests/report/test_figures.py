"""Numbers as text: one prefix, and no digit too many."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advisor import quantities
from advisor.report import numbers
from advisor.report.figures import Source
from tests.samples import sample_run

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "unit", "low", "high", "text"),
    [
        (0.000612, "s", 0.000598, 0.000631, "610 µs [600–630]"),
        (0.00612, "s", 0.00598, 0.00631, "6.1 ms [6.0–6.3]"),
        (0.00029, "s", 0.000284, 0.000296, "290 µs [284–296]"),
        (24_352, "B", None, None, "24.4 kB"),
        (149_000, "B", 149_000, 149_000, "149 kB"),
        (999.6e-6, "s", None, None, "1 ms"),
        (12, "B", None, None, "12 B"),
        (0, "B", None, None, "0 B"),
        (0.0, "s", None, None, "0 s"),
        (259 * 86_400, "s", None, None, "259 days"),
        (38, "", 38, 38, "38"),
        (123_456, "", None, None, "123456"),
        (12.5, "1/s", None, None, "12.5 /s"),
        (167.44e9, "1/s", None, None, "167 G/s"),
    ],
)
def test_shows(value: float, unit: str, low: float | None, high: float | None, text: str) -> None:
    assert str(numbers.show(value, unit, low, high)).replace(NBSP, " ") == text


@given(st.floats(1e-9, 1e14), st.floats(0.001, 0.5), st.sampled_from(quantities.UNITS), st.booleans())
@example(123_457.0, 0.001, "1/s", False)
@example(123_456.0, 0.001, "", True)
def test_what_a_page_shows_is_read_by_require(value: float, width: float, unit: str, exact: bool) -> None:
    low, high = (None, None) if exact else (value * (1 - width), value * (1 + width))
    text = numbers.show(value, unit, low, high).text
    assert quantities.parse(text, unit) == pytest.approx(value, rel=0.06, abs=0.5 if unit == "B" else 0)


def test_shares_read_as_percentages() -> None:
    assert numbers.show(0.003, "", share=True).text == f"0.3{NBSP}%"
    assert str(numbers.show(0.012, "", 0.009, 0.016, share=True)) == f"1.2{NBSP}% [0.9–1.6]"


@given(st.floats(1e-9, 1e9), st.floats(0.001, 0.5), st.sampled_from(["s", "B", "1/s", ""]))
def test_the_last_digit_is_as_coarse_as_the_interval_or_two_digits(value: float, width: float, unit: str) -> None:
    half = value * width
    shown = numbers.show(value, unit, value - half, value + half)
    number = shown.text.partition(NBSP)[0].replace(",", "")
    digits = number.replace(".", "").lstrip("0")
    assert len(digits.rstrip("0") if "." not in number else digits) <= 3 or unit == "B"
    assert shown.low is not None
    assert shown.high is not None


@given(st.floats(0, 1))
def test_percent_never_rounds_to_certainty(share: float) -> None:
    text = numbers.percent(share)
    assert (text == f"0{NBSP}%") == (share == 0)
    assert (text == f"100{NBSP}%") == (share == 1)


@given(st.floats(1e-12, 1))
def test_errors_read_as_powers_of_ten(value: float) -> None:
    text = numbers.error(value)
    mantissa, _, power = text.partition("·10")
    exponent = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))) if power else 0
    assert math.isclose(float(mantissa) * 10.0**exponent, value, rel_tol=0.05)


def test_figures_know_where_they_stand() -> None:
    source = Source("run", sample_run())
    shown = source.interval("observations", 5, "summary", unit="s", keys=("median", "low", "high"))
    assert 'data-from="run#/observations/5/summary/median"' in shown.__html__()
    assert source.reference("a/b", 0, "c~d") == "run#/a~1b/0/c~0d"
    with pytest.raises(LookupError, match="no number"):
        source.figure("host", "cpu")


def test_quotes_are_escaped_and_on_one_line() -> None:
    run = sample_run()
    run = run.model_copy(update={"host": run.host.model_copy(update={"cpu": "a <b>\n\n& \x1b[0m"})})
    html = str(Source("run", run).quote("host", "cpu").__html__())
    assert html == '<bdi data-from="run#/host/cpu">a &lt;b&gt; &amp; \N{REPLACEMENT CHARACTER}[0m</bdi>'
