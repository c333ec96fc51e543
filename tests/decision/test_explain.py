"""The answer in words: what makes the difference, beside the whole lead, and what the team knows where nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.decision.explain import _share, against, reasons
from advisor.decision.table import Table
from advisor.decision.team import Team
from tests.decision.tables import Interval, criterion, profile, table, wish


def built(rows: dict[str, dict[str, Interval | None]], knows: str | None = None) -> Table:
    needed = profile([wish(criterion(name), 1.0, 0.0, 100.0) for name in ("speed", "size")])
    if knows is not None:
        needed = replace(needed, team=Team(knows, 4, 30_000, 0.1))
    return table(needed, rows)


def exactly(value: float) -> Interval:
    return value, value, value


def test_reasons_name_the_figures_of_both_and_what_they_make_of_the_lead() -> None:
    found = built({"a": {"speed": exactly(90), "size": exactly(50)}, "b": {"speed": exactly(40), "size": exactly(60)}})
    assert reasons(found, "a") == [
        "It has the better speed: 90 against 40 for b (measured here); this is worth 0.25, more than its whole lead "
        "of 0.20."
    ]
    assert against(found, "a") == (
        "b has the better size: 60 against 50 for a (measured here); this is worth 0.05 to b."
    )


@pytest.mark.parametrize(
    ("gain", "lead", "said"),
    [
        (0.08, 0.09, "makes 0.08 of its lead of 0.09"),
        (0.09, 0.09, "is worth 0.09, as much as its whole lead of 0.09"),
        (0.03, 0.02, "is worth 0.03, more than its whole lead of 0.02"),
        (0.03, 0.0, "is worth 0.03 to it"),
    ],
)
def test_a_gain_is_told_beside_the_lead(gain: float, lead: float, said: str) -> None:
    assert _share(gain, lead) == said


def test_where_the_team_decides_that_comes_first_and_the_rest_speaks_for_what_is_named() -> None:
    rows: dict[str, dict[str, Interval | None]] = {
        "a": {"speed": exactly(90), "size": exactly(40)},
        "b": {"speed": exactly(70), "size": exactly(58)},
    }
    found = built(rows, knows="b")
    assert found.feasible == ("a", "b")
    told = reasons(found, "b", tied=True)
    assert told[0] == "b is built on b, which the team knows, and a is not better by enough to matter."
    assert told[1] == "b has the better size: 58 against 40 for a (measured here); this is worth 0.09 to it."
    assert str(against(found, "b")).startswith("a has the better speed: 90 against 70 for b")


def test_with_nothing_to_compare_there_is_nothing_to_say() -> None:
    alone = built({"a": {"speed": exactly(90), "size": exactly(50)}})
    assert reasons(alone, "a") == []
    assert against(alone, "a") is None
