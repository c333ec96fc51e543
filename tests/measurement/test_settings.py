"""Where a setting has alternatives, a session takes one of them, and the same one in all its processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.measurement import definitions
from advisor.measurement.definitions import BEST_KNOWN
from advisor.measurement.session.effort import Pace
from advisor.measurement.session.plan import make_plan
from advisor.measurement.session.session import measure
from advisor.measurement.store import Store

pytestmark = pytest.mark.usefixtures("quiet")

MOODS = Path(__file__).parent / "data" / "moods"


def test_later_processes_take_what_the_first_one_took(brisk: Pace, tmp_path: Path) -> None:
    moods = definitions.load(folders=[MOODS])
    plan = make_plan(definitions=moods, frameworks=["fickle"], only=["mlp-inference"], pace=brisk)
    run = measure(plan, store=Store(tmp_path / "runs"), threads=1)
    found = [each for each in run.observations if each.metric == "latency"]
    assert {each.parameters["batch"] for each in found} == {1, 32}
    for each in found:
        assert each.variant == "early"
        assert each.how == "early"
        medians = {block.process: block.median for block in each.rounds}
        assert medians[1] > 2 * medians[0], "a second trial would have preferred the other one"


def test_quick_names_the_alternatives_that_it_does_not_try() -> None:
    quick = make_plan(mode="quick", frameworks=["pytorch"])
    (training,) = [cell for cell in quick.cells if cell.probe == "cnn-training" and cell.setting == BEST_KNOWN]
    assert training.variant == "channels_last"
    (told,) = [each for each in quick.skipped if each.kind == "slow_variants"]
    assert (told.probe, told.framework, told.variant) == ("cnn-training", "pytorch", "channels_last")
    assert all(cell.variant is None for cell in make_plan(mode="standard").cells)
