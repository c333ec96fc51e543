"""Figures in words: the digits that the interval justifies, and the same ones wherever a figure is shown."""

from __future__ import annotations

import pytest

from advisor.decision.engine import decide
from advisor.decision.phrases import amount, listed
from advisor.profiles.profile import load_profile, shipped_profiles
from advisor.report import numbers
from tests.samples import sample_run

DAY = 86_400.0


@pytest.mark.parametrize(
    ("value", "unit", "bounds", "text"),
    [
        (0.0000993, "s", (None, None), "99.3 µs"),
        (0.0000993, "s", (0.00009, 0.00011), "99 µs"),
        (67.3e6, "B", (60e6, 80e6), "67 MB"),
        (67.3e6, "B", (67.2e6, 67.4e6), "67.3 MB"),
        (120.5 * DAY, "s", (115 * DAY, 126 * DAY), "120 days"),
        (261 * DAY, "s", (None, None), "261 days"),
        (512.0, "B", (None, None), "512 B"),
    ],
)
def test_no_digit_that_the_bounds_do_not_justify(
    value: float, unit: str, bounds: tuple[float | None, float | None], text: str
) -> None:
    assert amount(value, unit, *bounds) == text


def test_shares_read_as_percentages() -> None:
    assert amount(0.003, "", percent=True) == "0.3 %"
    assert amount(0.7, "", 0.65, 0.75, percent=True) == "70 %"


@pytest.mark.parametrize("name", shipped_profiles())
def test_a_figure_is_the_same_in_words_and_in_a_table(name: str) -> None:
    told = decide(sample_run(), load_profile(name), samples=100)
    shares = {
        need.criterion: numbers.is_share(need.criterion, need.floor_text, need.target_text) for need in told.needs
    }
    for cell in told.evidence:
        if cell.value is None or cell.level is not None or cell.criterion not in shares:
            continue
        shown = numbers.show(cell.value, cell.unit, cell.low, cell.high, share=shares[cell.criterion]).text
        assert cell.text == shown.replace(numbers.NARROW, " "), cell.criterion
        for sentence in (*told.reasons, *(flip.text for flip in told.flips)):
            assert "None" not in sentence


def test_lists_read_as_people_write_them() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["a", "a and b", "a, b, and c"]
