"""What switching costs a team: worked by hand."""

from __future__ import annotations

import pytest

from advisor.profiles.team import LEARNING_DAYS, LINES_PER_DAY, OTHER, YEAR_DAYS, Team


@pytest.mark.parametrize(
    ("knows", "size", "code", "days"),
    [
        ("pytorch", 4, 30_000, 0),
        ("tensorflow", 4, 30_000, 4 * LEARNING_DAYS + 30_000 / LINES_PER_DAY),
        ("tensorflow", 1, 0, LEARNING_DAYS),
        # What a team wrote for a third framework is left behind either way.
        (OTHER, 4, 30_000, 4 * LEARNING_DAYS),
    ],
)
def test_switching_is_learning_and_carrying_over(knows: str, size: int, code: int, days: float) -> None:
    assert Team(knows, size, code, 0.1).switching("pytorch") == pytest.approx(days / (size * YEAR_DAYS))


def test_the_cost_says_what_it_is_made_of() -> None:
    assert Team("pytorch", 4, 30_000, 0.1).explained("pytorch", "PyTorch") == "the team knows PyTorch already"
    learning = "4 people learn PyTorch in 15 days each"
    whole = f"{learning}, and 30,000 lines are carried over at 150 a day"
    assert Team("tensorflow", 4, 30_000, 0.1).explained("pytorch", "PyTorch") == whole
    assert Team("tensorflow", 4, 0, 0.1).explained("pytorch", "PyTorch") == learning
    assert Team(OTHER, 4, 30_000, 0.1).explained("pytorch", "PyTorch") == learning
