"""What is worth measuring: less than everything, the same answer, and what was left out is said."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.decision.adaptive import enough, needed_probes, skippable
from advisor.decision.engine import decide
from advisor.decision.narrowing import narrowed
from advisor.decision.profile import Profile, load_profile, shipped_profiles
from advisor.measurement.definitions import routes
from advisor.measurement.plan import Plan, make_plan
from advisor.measurement.run import Observation, Run, Skipped, load_run
from tests.samples import sample_run

PROFILES = [load_profile(name) for name in shipped_profiles()]
WHOLE = make_plan()
SAMPLES = 2_000


def ids(profile: Profile) -> str:
    return profile.name


def identity(observation: Observation) -> tuple[object, ...]:
    """Return what tells the cells of a plan apart."""
    place = (observation.probe, observation.framework, observation.route, observation.mode)
    return (*place, observation.parameters.get("batch"))


def whole_runs() -> list[Run]:
    """Return the invented Run, and the reference Run once there is one."""
    reference = Path(__file__).resolve().parent.parent / "data" / "reference-run.json"
    return [sample_run(), *([load_run(reference)] if reference.is_file() else [])]


def simulated(plan: Plan, needed: Profile, whole: Run) -> tuple[Run, list[tuple[str, str]]]:
    """Return the part of a whole Run that an adaptive session would have measured, and the capabilities it tried."""
    timed = {identity(task.blank()) for task in plan.cells}
    shipped = {(task.probe, task.framework.id, task.precision) for task in plan.routes}
    others = {"environment", *(task.probe for task in plan.experiments)}
    kept = [
        each
        for each in whole.observations
        if each.probe in others
        or identity(each) in timed
        or (each.probe, each.framework, each.parameters.get("precision")) in shipped
    ]
    run = whole.model_copy(update={"observations": tuple(kept), "skipped": plan.skipped})
    tried: list[tuple[str, str]] = []
    for task in plan.capabilities:
        place = (task.probe, task.framework.id)
        if place in skippable(needed, run):
            continue
        tried.append(place)
        found = [each for each in whole.observations if (each.probe, each.framework) == place]
        run = run.model_copy(update={"observations": (*run.observations, *found)})
    return run, tried


@pytest.mark.parametrize("whole", whole_runs(), ids=lambda run: run.id)
@pytest.mark.parametrize("needed", PROFILES, ids=ids)
def test_the_answer_is_the_same_as_with_everything(needed: Profile, whole: Run) -> None:
    part, _ = simulated(narrowed(WHOLE, needed), needed, whole)
    one, other = decide(whole, needed, samples=SAMPLES), decide(part, needed, samples=SAMPLES)
    assert (one.verdict, one.answer) == (other.verdict, other.answer)
    assert enough(needed, part)


def seconds(plan: Plan, whole: Run, tried: Collection[tuple[str, str]]) -> float:
    """Return what a session of this plan takes: of the capabilities those it tries, by the time that the Run tells."""
    spent: dict[tuple[str, str], float] = {}
    for each in whole.observations:
        place = (each.probe, each.framework)
        spent[place] = spent.get(place, 0.0) + (each.seconds or 0.0)
    proving = sum(
        spent.get((task.probe, task.framework.id)) or task.estimate
        for task in plan.capabilities
        if (task.probe, task.framework.id) in tried
    )
    return replace(plan, capabilities=()).estimate + proving


@pytest.mark.parametrize("whole", whole_runs(), ids=lambda run: run.id)
def test_it_takes_at_most_sixty_percent_of_the_time_of_everything(whole: Run) -> None:
    everything = seconds(WHOLE, whole, {(task.probe, task.framework.id) for task in WHOLE.capabilities})
    shares = []
    for needed in PROFILES:
        plan = narrowed(WHOLE, needed)
        _, tried = simulated(plan, needed, whole)
        shares.append(seconds(plan, whole, tried) / everything)
    assert sum(shares) / len(shares) <= 0.6


def test_a_quick_session_is_shorter_still() -> None:
    whole = make_plan(mode="quick")
    shares = [narrowed(whole, needed).estimate / whole.estimate for needed in PROFILES]
    assert sum(shares) / len(shares) <= 0.6


@pytest.mark.parametrize("needed", PROFILES, ids=ids)
def test_every_probe_that_a_profile_needs_stays_in_the_plan(needed: Profile) -> None:
    plan = narrowed(WHOLE, needed)
    planned = {task.probe for task in plan.trials}
    wanted = {probe for probe in needed_probes(needed) if probe != "environment"}
    assert planned == wanted & {task.probe for task in WHOLE.trials}
    for task in plan.routes:
        assert needed.ships in routes()[task.route.runtime].ships
    order = [*needed_probes(needed)]
    places = [order.index(task.probe) for task in plan.capabilities]
    assert places == sorted(places)


def test_requirements_come_before_wishes() -> None:
    assert next(iter(needed_probes(load_profile("large-training")))) == "capability:data-parallel"


def test_only_the_settings_and_precisions_that_are_asked_for_are_measured() -> None:
    research = narrowed(WHOLE, load_profile("research"))
    predicting = {cell.mode for cell in research.cells if cell.probe == "cnn-inference"}
    assert predicting == {"out-of-the-box"}
    training = {cell.mode for cell in research.cells if cell.probe == "cnn-training"}
    assert training == {"out-of-the-box", "best-known"}
    serving = narrowed(WHOLE, load_profile("deployment"))
    assert {route.precision for route in serving.routes} == {"float32"}
    assert {cell.batch for cell in serving.cells} == {1}


def test_what_is_left_out_is_said_once_and_counts_as_unknown_for_others() -> None:
    edge, research = load_profile("edge"), load_profile("research")
    part, _ = simulated(narrowed(WHOLE, edge), edge, sample_run())
    (left,) = [each for each in part.skipped if each.probe == "*"]
    assert "no criterion of the profile 'edge' rests on" in left.why
    missing = [cell for cell in decide(part, research, samples=100).evidence if cell.provenance == "missing"]
    assert missing
    assert {cell.message for cell in missing} == {left.why}
    assert not enough(research, part)


def without(run: Run, probe: str, framework: str | None = None) -> Run:
    kept = tuple(each for each in run.observations if each.probe != probe or framework not in (None, each.framework))
    return run.model_copy(update={"observations": kept})


def test_what_can_still_change_the_answer_is_not_skipped() -> None:
    research, whole = load_profile("research"), sample_run()
    nothing = whole.model_copy(update={"observations": ()})
    assert skippable(research, nothing) == {}
    assert not enough(research, nothing)


def test_what_a_stack_that_is_out_would_show_is_skipped() -> None:
    training = load_profile("large-training")

    def refused(observation: Observation) -> Observation:
        if (observation.probe, observation.framework) != ("capability:data-parallel", "tensorflow"):
            return observation
        return observation.model_copy(update={"outcome": "not_supported"})

    run = without(sample_run(change=refused), "capability:checkpoint")
    left = skippable(training, run)
    assert left["capability:checkpoint", "tensorflow"] == "TensorFlow fails a requirement already"


def test_an_open_requirement_keeps_everything_open() -> None:
    training = load_profile("large-training")
    run = without(without(sample_run(), "capability:data-parallel"), "capability:checkpoint")
    assert skippable(training, run) == {}


def test_a_reason_that_a_run_gives_is_enough() -> None:
    research = load_profile("research")
    run = without(sample_run(), "capability:debug-nan")
    open_ = not enough(research, run)
    told = run.model_copy(update={"skipped": (Skipped(probe="capability:*", why="--quick"),)})
    assert enough(research, told)
    assert open_ or ("capability:debug-nan", "pytorch") in skippable(research, run)
