"""What the doctor says of a machine: its kind now, the grades to expect, and what would help."""

from __future__ import annotations

import pytest

from advisor.measurement.noise import outlook
from advisor.measurement.noise.outlook import Outlook


@pytest.mark.parametrize(
    ("slowed", "robbed", "kind", "grade"),
    [
        (0, 0, "quiet", "measured"),
        (4, 3, "quiet", "measured"),
        (20, 0, "its host slows it at times", "under load"),
        (60, 5, "its host slows it throughout", "under load"),
        (10, 30, "others take its processors at times", "measured or under load"),
        (60, 60, "others take its processors nearly all the time", "bounded"),
    ],
)
def test_the_kind_of_machine_says_which_grades_to_expect(slowed: int, robbed: int, kind: str, grade: str) -> None:
    found = Outlook(looks=70, slowed=slowed, robbed=robbed, taken=0.5)
    assert found.kind == kind
    assert found.expect.startswith(grade)
    assert bool(found.helps) == (kind != "quiet")


def test_what_helps_against_others_is_no_help_against_the_host() -> None:
    assert any("taskset" in each for each in Outlook(70, 0, 60, 1.0).helps)
    assert not any("taskset" in each for each in Outlook(70, 60, 0, 0.0).helps)
    assert Outlook(70, 0, 0, 0.0, hints=("clock governor (powersave): …",)).helps == ("clock governor (powersave): …",)


def test_a_watch_takes_its_seconds_and_looks_at_least_once() -> None:
    found = outlook.outlook(0.25)
    assert 1 <= found.looks <= 3
    assert max(found.slowed, found.robbed) <= found.looks
    assert outlook.outlook(0.0).looks == 1
