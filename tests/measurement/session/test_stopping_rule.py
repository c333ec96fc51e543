"""When no more rounds are needed, and what a session need not try at all."""

from __future__ import annotations

import random
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
from advisor.measurement.run import Host, Observation, Policy, Run
from advisor.measurement.session import stopping_rule
from advisor.measurement.session.context import Context
from advisor.measurement.session.effort import PACES, Pace
from advisor.measurement.session.journal import Start
from advisor.measurement.session.plan import make_plan
from advisor.measurement.session.record import Record
from advisor.measurement.session.session import measure
from advisor.measurement.session.stopping_rule import Needed
from advisor.measurement.store import Store
from advisor.measurement.timing import Round
from tests.measurement.tasks.test_capability import UNRULY, capability

PACE = PACES["standard"]


def latency(framework: str) -> Observation:
    return Observation(
        probe="mlp-inference",
        framework=framework,
        setting="out-of-the-box",
        metric="latency",
        unit="s",
        outcome="measured",
    )


def recorded(ratio: float, spread: float, rounds: int, *, calls: int = 100, rejected: int = 0) -> Record:
    """Return a record of two stacks, the first `ratio` times as slow as the second."""
    start = Start(
        id="x", started=datetime(2026, 11, 20, tzinfo=UTC), mode="standard", advisor="", seed=0,
        host=Host(cpu="c", cores=2, memory_bytes=1, os="o"), policy=Policy(threads=2),
    )  # fmt: skip
    record, chance = Record(start), random.Random(1)
    for name, seconds in (("slow", ratio), ("fast", 1.0)):
        record.observe(latency(name))
        for number in range(rounds):
            found = Round(
                round=number, median=seconds * (1 + chance.uniform(-spread, spread)), calls=calls, wall=1.0, cpu=1.0,
                process=number * 3 // rounds, accepted=number >= rejected,
            )  # fmt: skip
            record.block(latency(name), found, [])
    return record


def asked(record: Record) -> bool:
    return stopping_rule.decided(record, [latency("slow"), latency("fast")], PACE)


def test_a_clear_difference_is_enough_and_so_is_clear_equality() -> None:
    assert asked(recorded(1.5, 0.02, 9))
    assert asked(recorded(1.0, 0.01, 9))


def test_what_may_still_be_either_goes_on() -> None:
    assert not asked(recorded(1.05, 0.02, 9))


@pytest.mark.parametrize(("rounds", "rejected"), [(5, 0), (9, 4)])
def test_too_few_accepted_pairs_go_on_however_clear_they_are(rounds: int, rejected: int) -> None:
    assert not asked(recorded(3.0, 0.0, rounds, rejected=rejected))


def test_a_p99_that_all_rounds_would_give_is_waited_for_and_one_out_of_reach_is_not() -> None:
    assert not asked(recorded(1.5, 0.02, 9, calls=8))  # 72 calls now, 120 in the end
    assert asked(recorded(1.5, 0.02, 9, calls=5))  # 75 in the end


def test_an_unknown_cell_goes_on() -> None:
    assert not stopping_rule.decided(recorded(1.5, 0.02, 9), [latency("slow"), latency("other")], PACE)


def test_most_of_a_segment_is_heard_in_any_case() -> None:
    assert [stopping_rule.least(rounds) for rounds in (1, 2, 3, 5, 6)] == [1, 2, 2, 3, 4]


def test_unclear_is_a_pair_without_a_word_and_not_one_that_was_robbed_throughout() -> None:
    pair = [latency("slow"), latency("fast")]
    assert stopping_rule.unclear(recorded(1.05, 0.02, 9), pair)
    assert not stopping_rule.unclear(recorded(1.5, 0.02, 9), pair)
    assert stopping_rule.unclear(recorded(1.05, 0.02, 9, rejected=4), pair)
    assert not stopping_rule.unclear(recorded(1.05, 0.02, 9, rejected=7), pair)


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
