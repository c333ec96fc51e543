"""What a session measures apart from the rounds, on a framework made for it, and with real processes."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from advisor.measurement import definitions
from advisor.measurement.run import Observation, Run
from advisor.measurement.session import events
from advisor.measurement.session.effort import PACES, Pace
from advisor.measurement.session.plan import Plan, make_plan
from advisor.measurement.session.session import measure
from advisor.measurement.store import Store
from advisor.measurement.tasks.contention import Load
from advisor.measurement.worker.answers import WorkerError

pytestmark = [pytest.mark.alone, pytest.mark.usefixtures("quiet")]

MOODS = Path(__file__).parent.parent / "data" / "moods"
PROBES = ["mlp-inference", "mlp-training", "ceiling", "time-to-accuracy", "busy-machine"]


def plan(pace: Pace) -> Plan:
    moods = definitions.load(folders=[MOODS])
    return make_plan(definitions=moods, frameworks=["steady"], only=PROBES, pace=replace(pace, apart=2))


@pytest.fixture(scope="module")
def told() -> list[events.Event]:
    return []


@pytest.fixture(scope="module")
def run(brisk: Pace, told: list[events.Event], tmp_path_factory: pytest.TempPathFactory) -> Run:
    store = Store(tmp_path_factory.mktemp("home") / "runs")
    return measure(plan(brisk), store=store, threads=2, on_event=told.append)


def one(run: Run, metric: str, **wanted: object) -> Observation:
    found = [
        each for each in run.observations
        if each.metric == metric and all(getattr(each, name) == value for name, value in wanted.items())
    ]  # fmt: skip
    assert len(found) == 1, [(each.probe, each.parameters, each.outcome) for each in found]
    return found[0]


def middle(found: Observation) -> float:
    assert found.outcome == "measured", found.message
    assert found.summary is not None
    return found.summary.median


def test_everything_planned_was_tried(run: Run, brisk: Pace) -> None:
    assert run.complete
    assert plan(brisk).covered_by(run)


def test_another_shape_is_compiled_again(run: Run) -> None:
    found = one(run, "recompile-time", setting="best-known", parameters={"batch": 1})
    assert 0.08 < middle(found) < 1
    assert found.proof == {"batch": 2}
    assert found.variant == "compiled"
    out_of_the_box = [
        each for each in run.observations if each.metric == "recompile-time" and each.setting != "best-known"
    ]
    assert not out_of_the_box


def test_compiling_costs_its_first_call_and_pays_after_some(run: Run) -> None:
    assert middle(one(run, "compile-time", parameters={"batch": 1})) == pytest.approx(0.1, rel=0.5)
    found = one(run, "break-even", parameters={"batch": 1})
    assert found.outcome in ("measured", "not_run"), found.message
    if found.outcome == "measured":
        assert 5 < middle(found) < 100


def test_memory_comes_from_processes_of_its_own(run: Run) -> None:
    for setting in ("out-of-the-box", "best-known"):
        peak = one(run, "peak-memory", probe="mlp-training", setting=setting)
        delta = one(run, "memory-delta", probe="mlp-training", setting=setting)
        assert peak.summary is not None
        assert peak.summary.n == 2
        assert 2e7 < middle(peak) < 1e9
        assert -1e7 < middle(delta) < middle(peak)
        assert peak.how == "NumPy"


def test_the_ceiling_is_the_highest_of_all_libraries(run: Run) -> None:
    own = one(run, "peak-flops", parameters={})
    assert middle(own) == 3e15
    assert own.how == "by assertion"
    numpy = one(run, "peak-flops", parameters={"library": "NumPy"})
    assert 1e8 < middle(numpy) < 1e14
    assert 1e7 < middle(one(run, "memory-bandwidth")) < 1e13
    share = one(run, "ceiling-share", probe="mlp-training", setting="out-of-the-box")
    assert share.proof is not None
    assert share.proof["peak_flops"] == 3e15
    assert 0 < middle(share) < 1


def test_an_experiment_has_a_figure_for_every_seed(run: Run) -> None:
    seconds = one(run, "training-time")
    assert middle(seconds) == 2
    assert seconds.summary is not None
    assert (seconds.summary.low, seconds.summary.high, seconds.summary.n) == (1, 4, 3)
    shares = one(run, "accuracy").summary
    assert shares is not None
    assert (shares.low, shares.high) == (0.97, 0.99)
    assert seconds.proof == {"target": 0.97}
    assert seconds.setting == "out-of-the-box"
    assert middle(one(run, "epochs")) == 5
    assert middle(one(run, "accuracy")) == pytest.approx(0.98)
    assert one(run, "accuracy").proof is None


def test_the_busy_machine_is_announced_and_told_with_its_remedies(run: Run, told: list[events.Event]) -> None:
    found = {remedy: one(run, "slow-down", parameters={"remedy": remedy}) for remedy in REMEDIES}
    for remedy, each in found.items():
        assert 0.3 < middle(each) < 100
        assert each.proof is not None
        assert each.proof["threads"] == (1 if remedy == "fewer-threads" else 2)
        assert each.proof["busy"] > 0 < each.proof["quiet"]
        assert ("PASSIVE" in (each.how or "")) == (remedy == "passive-waiting")
    announced = [each for each in told if isinstance(each, events.Noticed) and "keeps one core busy" in each.message]
    assert len(announced) == len(REMEDIES)


REMEDIES = ("none", "passive-waiting", "fewer-threads")


def test_the_load_works_when_asked_rests_otherwise_and_ends() -> None:
    with Load(5) as load:
        process = psutil.Process(load.process.pid)
        assert os.getsid(process.pid) == process.pid
        time.sleep(0.2)
        before = sum(process.cpu_times()[:2])
        time.sleep(0.2)
        assert sum(process.cpu_times()[:2]) == before
        with load.at_work():
            # On a busy machine it gets its share later.
            until = time.monotonic() + 60
            while (after := sum(process.cpu_times()[:2])) - before <= 0.05 and time.monotonic() < until:
                time.sleep(0.02)
            assert after - before > 0.05
        after = sum(process.cpu_times()[:2])
        time.sleep(0.2)
        assert sum(process.cpu_times()[:2]) - after < 0.05
    assert not process.is_running()


def test_a_load_that_is_used_up_is_no_neighbor() -> None:
    with Load(0.1) as load, pytest.raises(WorkerError, match="used up"), load.at_work():
        load.process.wait(120)


def test_the_load_ends_with_who_started_it() -> None:
    with Load(5) as load:
        assert load.process.stdin is not None
        load.process.stdin.close()
        assert load.process.wait(120) == 0


def test_a_quick_session_measures_nothing_apart_and_says_so() -> None:
    quick = make_plan(mode="quick")
    assert not quick.pace.apart
    assert {task.probe for task in quick.experiments} == {"ceiling"}, "what times are held against is always measured"
    assert {"*-training", "time-to-accuracy", "busy-machine"} <= {each.probe for each in quick.skipped}
    assert make_plan(mode="quick", only=["busy-machine"]).experiments
    assert PACES["standard"].apart == 1
    assert {task.probe for task in make_plan().experiments} == {"time-to-accuracy", "ceiling", "busy-machine"}
