"""Further processes for what stays unclear after the rounds of a session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.measurement import comparison
from advisor.measurement.definitions import Definitions
from advisor.measurement.disturbance import seen
from advisor.measurement.noise.watch import Watch
from advisor.measurement.run import Observation, Run
from advisor.measurement.session import events
from advisor.measurement.session.effort import FURTHER_ROUNDS, MOST_FURTHER, PACES, Pace
from advisor.measurement.session.plan import make_plan
from advisor.measurement.session.record import Record
from advisor.measurement.session.session import measure
from advisor.measurement.store import Store
from advisor.measurement.timing import Round

pytestmark = pytest.mark.usefixtures("quiet")
FURTHER = 2


def session(
    toys: Definitions, pace: Pace, folder: Path, told: list[events.Event], only: tuple[str, ...] = ("mlp-inference",)
) -> Run:
    plan = make_plan(definitions=toys, frameworks=["toy", "tin"], only=only, pace=replace(pace, further=FURTHER))
    return measure(plan, store=Store(folder / "runs"), threads=1, on_event=told.append)


def latencies(run: Run) -> list[Observation]:
    return [each for each in run.observations if each.metric == "latency" and each.outcome == "measured"]


def test_what_is_unclear_is_heard_from_further_processes(
    toys: Definitions, brisk: Pace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "word", lambda *_: "unclear")
    told: list[events.Event] = []
    run = session(toys, brisk, tmp_path, told, ("mlp-inference", "route:*"))
    timed = latencies(run)
    assert {each.route for each in timed} > {None}
    for each in timed:
        assert [block.round for block in each.rounds] == list(range(brisk.rounds + FURTHER * FURTHER_ROUNDS))
        further = [block.process for block in each.rounds if block.round >= brisk.rounds]
        assert len(set(further)) == FURTHER
        assert set(further).isdisjoint(block.process for block in each.rounds if block.round < brisk.rounds)
    assert any(isinstance(each, events.PhaseStarted) and "unclear" in each.title for each in told)
    assert run.complete


@pytest.mark.parametrize("until", [False, True])
def test_what_was_robbed_throughout_is_heard_further_only_until_all_is_decided(
    toys: Definitions, brisk: Pace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, until: bool
) -> None:
    monkeypatch.setattr(Watch, "disturbances", lambda *_, **__: (seen("clocks", 0.9, 0.03),))
    monkeypatch.setattr(comparison, "word", lambda *_: "unclear")
    told: list[events.Event] = []
    run = session(toys, replace(brisk, until_decided=until), tmp_path, told)
    numbers = {block.round for each in latencies(run) for block in each.rounds}
    assert max(numbers) == brisk.rounds + (FURTHER * FURTHER_ROUNDS if until else 0) - 1
    noticed = [each.message for each in told if isinstance(each, events.Noticed)]
    named = [each for each in noticed if each.startswith("Still open: ")]
    assert len(named) == until
    assert all("toy, out-of-the-box" in each and "tin, out-of-the-box" in each for each in named)


def test_a_plan_until_all_is_decided_has_further_processes_in_every_mode(toys: Definitions) -> None:
    plan = make_plan(definitions=toys, mode="quick", until_decided=True)
    assert (plan.pace.further, plan.pace.until_decided) == (MOST_FURTHER, True)
    assert not make_plan(definitions=toys, mode="quick").pace.until_decided


@pytest.mark.parametrize("floor", [0.01, 0.2])
def test_a_wide_floor_is_heard_from_further_processes_too(
    toys: Definitions, brisk: Pace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, floor: float
) -> None:
    twins: dict[str, list[int]] = {}
    kept = Record.twin

    def twin(self: Record, framework: str, blank: Observation, found: Round) -> None:
        twins.setdefault(framework, []).append(found.round)
        kept(self, framework, blank, found)

    monkeypatch.setattr(Record, "twin", twin)
    monkeypatch.setattr(Record, "floors", lambda _: {"toy": floor})
    monkeypatch.setattr(comparison, "word", lambda *_: "unclear")
    session(toys, brisk, tmp_path, [])
    last = brisk.rounds + (FURTHER * FURTHER_ROUNDS if floor > 0.05 else 0)
    assert twins["toy"] == list(range(last))


def test_what_is_clear_is_left_at_that(
    toys: Definitions, brisk: Pace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "word", lambda *_: "same")
    told: list[events.Event] = []
    run = session(toys, brisk, tmp_path, told)
    assert {block.round for each in latencies(run) for block in each.rounds} <= set(range(brisk.rounds))
    assert not any(isinstance(each, events.PhaseStarted) and "unclear" in each.title for each in told)


def test_a_quick_session_stays_quick() -> None:
    assert PACES["quick"].further == 0
    assert PACES["standard"].further > 0
