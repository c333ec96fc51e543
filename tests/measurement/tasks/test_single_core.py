"""What is measured on one pinned thread when the machine was too busy for the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.measurement import comparison, grades
from advisor.measurement.definitions import Definitions
from advisor.measurement.disturbance import seen
from advisor.measurement.noise.canary import Canary
from advisor.measurement.noise.watch import Watch
from advisor.measurement.run import PINNED_LATENCY, Run
from advisor.measurement.session.effort import Pace
from advisor.measurement.session.events import Listener, Noticed, PhaseStarted
from advisor.measurement.session.plan import make_plan
from advisor.measurement.session.session import measure
from advisor.measurement.store import Store
from advisor.measurement.tasks import single_core
from advisor.measurement.tasks.kinds import CellTask
from advisor.measurement.timing import UNBOUNDED
from advisor.measurement.worker.answers import Block

pytestmark = pytest.mark.alone
ROUNDS = 6


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many rounds a process is heard for is no matter here, but the seconds that all these processes take."""
    monkeypatch.setattr(single_core, "ROUNDS", ROUNDS)
    monkeypatch.setattr(single_core, "QUICK_ROUNDS", ROUNDS)
    monkeypatch.setattr(single_core, "QUICK_SHARE", 100.0)


def robbed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let others take processors from every block; no call is so short, or on one thread, that it bounds itself."""
    monkeypatch.setattr(Watch, "disturbances", lambda *_, **__: (seen("clocks", 0.9, 0.03),))
    monkeypatch.setattr(Canary, "disturbances", lambda *_: ())
    monkeypatch.setattr(grades, "SHORT", 0.0)
    monkeypatch.setattr(grades, "on_one_thread", lambda _: False)


def session(
    toys: Definitions, pace: Pace, folder: Path, listener: Listener, only: Sequence[str] = ("mlp-inference", "route:*")
) -> Run:
    plan = make_plan(definitions=toys, frameworks=["toy", "tin"], only=only, pace=pace)
    return measure(plan, store=Store(folder / "runs"), threads=1, on_event=listener)


def test_what_was_robbed_is_bounded_by_one_thread_under_another_name(
    toys: Definitions, brisk: Pace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    robbed(monkeypatch)
    told: list[object] = []
    run = session(toys, replace(brisk, patience=0.0), tmp_path, told.append)
    latencies = [each for each in run.observations if each.metric == "latency" and each.summary]
    offered = {
        (each.probe, each.framework, each.route, each.setting, *each.parameters.values()): each
        for each in run.observations
        if each.metric == PINNED_LATENCY
    }
    assert latencies
    for each in latencies:
        assert each.grade == "bounded"
        key = (each.probe, each.framework, each.route, each.setting, *each.parameters.values())
        found = offered[key]
        assert found.outcome == "measured"
        assert found.flags == (single_core.PINNED,)
        assert "one thread pinned to core" in (found.how or "")
        heard = Counter(each.process for each in found.rounds)
        assert heard == dict.fromkeys(range(single_core.PROCESSES), ROUNDS)
        assert found.summary is not None
        assert found.summary.median > 0
        assert each.summary is not None
        # One thread here: what it took alone is a bound itself, less what others beside it may have added.
        alone = min(block.median for block in found.rounds)
        assert min(alone / grades.SPREAD, each.summary.high) <= each.summary.low <= alone
    assert any(isinstance(event, PhaseStarted) and "one thread" in event.title for event in told)
    (noticed,) = [event.message for event in told if isinstance(event, Noticed)]
    count = len([each for each in run.observations if each.metric == "latency" and each.rounds])
    blocks = sum(len(each.rounds) for each in run.observations if each.metric == "latency")
    assert noticed == (
        f"The machine was robbed of processors in {blocks} of {blocks} blocks; "
        f"of {count} of {count} timings only bounds are known."
    )


@pytest.mark.parametrize(
    ("word", "most", "processes"), [("unclear", 5, 5), ("same", 5, single_core.PROCESSES), ("unclear", 1, 1)]
)
def test_more_processes_are_heard_while_a_pair_has_no_word_and_the_pace_allows_it(
    toys: Definitions, brisk: Pace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    word: str, most: int, processes: int,
) -> None:  # fmt: skip
    robbed(monkeypatch)
    monkeypatch.setattr(comparison, "word", lambda *_: word)
    run = session(toys, replace(brisk, patience=0.0, pinned=most), tmp_path, lambda _: None, ["mlp-inference"])
    pair = [each for each in run.observations if (each.metric, each.probe) == (PINNED_LATENCY, "mlp-inference")]
    assert {each.framework for each in pair} == {"toy", "tin"}
    assert all({block.process for block in each.rounds} == set(range(processes)) for each in pair)


def test_a_quick_session_times_on_one_thread_what_it_has_time_for(
    toys: Definitions, brisk: Pace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    robbed(monkeypatch)
    costs = {"toy": 0.1, "tin": 99.0}
    monkeypatch.setattr(CellTask, "again", property(lambda task: costs[task.framework.id]))
    monkeypatch.setattr(single_core, "QUICK_SHARE", 1.0)
    quick = replace(brisk, patience=0.0, pinned=1, processes=1)
    run = session(toys, quick, tmp_path, lambda _: None, ["mlp-inference"])
    pinned = {each.framework for each in run.observations if each.metric == PINNED_LATENCY}
    assert pinned == {"toy"}
    lows = {each.framework: each.summary.low for each in run.observations if each.metric == "latency" and each.summary}
    assert lows["toy"] > UNBOUNDED
    assert lows["tin"] == UNBOUNDED


def test_a_quick_session_without_time_for_it_leaves_it_out(
    toys: Definitions, brisk: Pace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    robbed(monkeypatch)
    monkeypatch.setattr(single_core, "QUICK_SHARE", 0.0)
    run = session(toys, replace(brisk, patience=0.0, pinned=1), tmp_path, lambda _: None, ["mlp-inference"])
    assert not [each for each in run.observations if each.metric == PINNED_LATENCY]
    bounded = [each for each in run.observations if each.metric == "latency" and each.summary]
    assert bounded
    assert all(each.summary and each.summary.low == UNBOUNDED for each in bounded)


@pytest.mark.usefixtures("quiet")
def test_nothing_of_the_kind_happens_when_nothing_was_robbed(toys: Definitions, brisk: Pace, tmp_path: Path) -> None:
    run = session(toys, brisk, tmp_path, lambda _: None)
    assert not [each for each in run.observations if each.metric == PINNED_LATENCY]


def test_short_calls_stand_for_themselves_and_long_ones_for_their_processor_time() -> None:
    short = Block(calls=[1e-4, 2e-4, 9e-3], wall=0.5, cpu=0.5)
    assert single_core.figure(short) == (2e-4, [1e-4, 2e-4, 9e-3])
    long = Block(calls=[0.02, 0.03, 0.05], wall=0.1, cpu=0.06, count=4)
    assert single_core.figure(long) == (0.015, [0.015])
