"""A part of what the campaign tries with survivors, networks, homes and secrets."""

from __future__ import annotations

import pytest

from tests.faults import outward, survivors
from tests.faults.test_campaign import well

pytestmark = pytest.mark.integration


def test_nothing_that_a_recipe_leaves_outlives_its_session() -> None:
    ways = ("both", "daemon", "lowered", "dead")
    assert len(well(survivors.findings(ways, ends=()))) == len(ways)


def test_nothing_is_sent_left_or_told() -> None:
    commands = ("recommend", "systems --check", "doctor")
    assert len(well(outward.findings(commands, made=False))) == len(commands) + 10
