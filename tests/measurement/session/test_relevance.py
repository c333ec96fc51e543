"""A session that is told what it need not try any more leaves it out, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from advisor.measurement import definitions
from advisor.measurement.definitions import Definitions
from advisor.measurement.noise.canary import Canary
from advisor.measurement.noise.guard import Guard
from advisor.measurement.noise.watch import Watch
from advisor.measurement.run import Host, Policy, Run
from advisor.measurement.session.context import Context
from advisor.measurement.session.effort import Pace
from advisor.measurement.session.entries import Start
from advisor.measurement.session.plan import make_plan
from advisor.measurement.session.record import Record
from advisor.measurement.session.relevance import Needed
from advisor.measurement.session.session import measure
from advisor.measurement.store import Store
from tests.measurement.tasks.test_capability import UNRULY, capability

pytestmark = pytest.mark.usefixtures("quiet")


def test_what_is_needless_after_the_first_is_left_out(tmp_path: Path) -> None:
    known = definitions.load(folders=[UNRULY])
    known = replace(known, capabilities={name: capability(name) for name in ("well", "shouts", "wrong")})
    asked: list[list[str]] = []

    def needless(run: Run) -> Mapping[tuple[str, str], str]:
        tried = [each.probe for each in run.observations if each.probe.startswith("capability:")]
        asked.append(tried)
        return {("capability:shouts", "unruly"): "nobody needs to know"} if tried else {}

    plan = make_plan(definitions=known, frameworks=["unruly"], only=["capability:*"])
    run = measure(plan, store=Store(tmp_path), threads=1, needless=needless)
    outcomes = {each.probe: (each.outcome, each.message) for each in run.observations if each.probe != "environment"}
    assert outcomes["capability:well"] == ("proved", None)
    assert outcomes["capability:shouts"] == ("not_run", "nobody needs to know")
    assert outcomes["capability:wrong"][0] == "refuted"
    assert [(each.kind, each.framework, each.reason) for each in run.skipped] == [
        ("needless", "unruly", "nobody needs to know")
    ]
    assert run.complete
    # It is asked anew only when something has been learnt.
    assert asked == [[], ["capability:well"]]


def test_what_is_settled_is_timed_no_further_once_two_processes_were_heard(
    tmp_path: Path, toys: Definitions, brisk: Pace
) -> None:
    brisk = replace(brisk, rounds=12, processes=3, runtime_processes=3)
    plan = make_plan(definitions=toys, pace=brisk, frameworks=["toy"], routes=[], only=["mlp-*"])

    def needless(run: Run) -> Mapping[tuple[str, str], str]:
        return (
            {("mlp-inference", "toy"): "nobody needs to know"} if any(each.rounds for each in run.observations) else {}
        )

    run = measure(plan, store=Store(tmp_path), threads=1, needless=needless)
    timed = {
        each.probe: {block.round for block in each.rounds} for each in run.observations if each.metric == "latency"
    }
    # Four rounds in each of three processes; a round or two of them may be spared where a pair is decided already.
    assert set(range(6)) <= timed["mlp-inference"] <= set(range(8))
    assert timed["mlp-training"] >= {8, 9, 10}
    assert [(each.probe, each.framework, each.reason, each.first) for each in run.skipped] == [
        ("mlp-inference", "toy", "nobody needs to know", 9)
    ]
    assert run.complete


def test_what_is_settled_before_it_is_timed_is_not_prepared(tmp_path: Path, toys: Definitions, brisk: Pace) -> None:
    plan = make_plan(definitions=toys, pace=brisk, frameworks=["toy"], routes=["toyrt"])

    def needless(run: Run) -> Mapping[tuple[str, str], str]:
        known = {each.probe for each in run.observations if each.outcome == "proved"}
        return {("mlp-inference", "toy"): "no"} | ({("route:toyrt", "toy"): "enough"} if known else {})

    run = measure(plan, store=Store(tmp_path), threads=1, needless=needless)
    outcomes = {(each.probe, each.metric, each.parameters.get("precision")): each for each in run.observations}
    left = [each for each in run.observations if each.probe == "mlp-inference"]
    assert {each.outcome for each in left} == {"not_run"}
    assert {each.message for each in left} == {"no"}
    # The first export proved the route; its int8 twin, and timing what was exported, were not needed any more.
    assert outcomes["route:toyrt", None, "float32"].outcome == "proved"
    assert outcomes["route:toyrt", None, "int8"].message == "enough"
    assert outcomes["route:toyrt", "latency", "float32"].message == "enough"
    assert all(cell.rounds for cell in run.observations if (cell.probe, cell.metric) == ("mlp-training", "latency"))


def test_what_an_interrupted_session_did_not_reach_gets_its_reason_when_it_is_left_out_later(tmp_path: Path) -> None:
    known = replace(definitions.load(folders=[UNRULY]), capabilities={"well": capability("well")})
    plan = make_plan(definitions=known, frameworks=["unruly"], only=["capability:*"])
    start = Start(
        id="x", started=datetime(2026, 11, 21, tzinfo=UTC), mode="standard", advisor="", seed=0,
        host=Host(cpu="c", cores=2, memory_bytes=1, os="o"), policy=Policy(threads=1),
    )  # fmt: skip
    record, task = Record(start), plan.capabilities[0]
    record.observe(task.blank().model_copy(update={"message": "the session ended before it was tried"}))
    reasons = {(task.probe, "unruly"): "nobody needs to know"}
    with closing(Guard(Canary("Invented", tmp_path / "canary.json"), Watch(), settle=0.0)) as guard:
        context = Context(
            plan=plan, environments={}, record=record, tell=lambda _: None, scratch=tmp_path, threads=1, seed=0,
            total=0, guard=guard, needless=lambda _: reasons,
        )  # fmt: skip
        assert Needed(context).due([task]) == []
    found = record.find(task.blank())
    assert found is not None
    assert found.message == "nobody needs to know"
