"""Asked about one model, or about a profile's networks: on what of them a Run has, else by transfer."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from advisor.decision.engine import decide
from advisor.decision.profile_plan import narrowed
from advisor.decision.recommendation import Cell, Recommendation
from advisor.decision.transfer import SHIPPED, asked_of, between_networks
from advisor.measurement import subject
from advisor.measurement.definitions import network_quantities
from advisor.measurement.run import Observation, Run, load_run
from advisor.measurement.session.plan import make_plan
from advisor.profiles.networks import for_run, for_session, subjects_of
from advisor.profiles.profile import Profile, load_profile

MODEL = subject.find("@mobilenetv2")
LARGE = 200.0


@cache
def reference() -> Run:
    return load_run(Path("tests/data/reference-run.json"))


def scaled(each: Observation, network: str, factor: float) -> Observation:
    """Return what the Run has of the small network as that of another one, as many times as large."""
    assert each.summary is not None
    grown = {
        name: value * factor
        for name, value in each.summary.model_dump().items()
        if name not in ("n", "shared") and value is not None
    }
    return each.model_copy(update={"workload": network, "summary": each.summary.model_copy(update=grown), "rounds": ()})


def with_networks(**factors: float) -> Run:
    """Return the reference Run with its routes' figures of further networks, each as many times as large."""
    timed = [each for each in reference().observations if each.route and each.workload == "cnn" and each.summary]
    timed = [each for each in timed if each.metric not in ("accuracy", "accuracy-loss")]
    further = [
        scaled(each, name.replace("_", "-"), factor)
        for name, factor in factors.items()
        for each in timed
    ]  # fmt: skip
    return reference().model_copy(update={"observations": (*reference().observations, *further)})


def about(profile: str, run: Run) -> Recommendation:
    return decide(run, replace(load_profile(profile), model=MODEL), samples=200)


def cells(told: Recommendation, criterion: str) -> dict[tuple[str, str | None], Cell]:
    return {(each.framework, each.route): each for each in told.evidence if each.criterion == criterion}


def test_a_run_without_the_model_answers_by_transfer() -> None:
    told = about("edge", reference())
    assert told.model is not None
    assert not told.model.measured
    assert "Asked about MobileNetV2" in told.question
    known = [each for each in cells(told, "edge-latency").values() if each.value is not None]
    assert known
    assert all(each.transferred == "with a small network on this machine" for each in known)
    assert any("A small network was measured" in each for each in told.warnings)


def test_what_was_measured_of_the_model_itself_is_no_transfer() -> None:
    here = replace(load_profile("edge"), model=MODEL)
    run = with_networks(mobilenetv2=LARGE)
    small, large = (
        cells(decide(run, each, samples=200), "edge-latency") for each in (replace(here, networks=(), model=None), here)
    )
    for stack, cell in large.items():
        if cell.value is not None:
            assert cell.value == pytest.approx(LARGE * (small[stack].value or 0))
            assert cell.transferred == "on this machine", "the device is another one still"
    told = decide(run, here, samples=200)
    assert any("The model was measured on this machine" in each for each in told.warnings)
    sizes = cells(told, "artifact-size").values()
    assert all(each.transfer is None for each in sizes if each.value is not None)
    accuracies = cells(told, "int8-accuracy-loss").values()
    assert any(each.value is not None for each in accuracies), "those of the trained network"


def test_anchors_are_in_the_model_s_own_quantities() -> None:
    told = about("edge", with_networks(mobilenetv2=LARGE))
    need = next(each for each in told.needs if each.criterion == "artifact-size")
    assert need.target == network_quantities()["mobilenetv2"].weights
    need = next(each for each in told.needs if each.criterion == "edge-latency")
    peak = network_quantities()["mobilenetv2"].prediction / float(need.target)
    small = next(each for each in decide(reference(), load_profile("edge"), samples=200).needs
                 if each.criterion == "edge-latency")  # fmt: skip
    assert peak == pytest.approx(network_quantities()["cnn"].prediction / float(small.target))


def test_criteria_that_ask_the_same_of_the_model_are_one_and_keep_the_weight() -> None:
    research = replace(load_profile("research"), model=subject.find("@resnet8"))
    asked = for_session(research)
    named = [wish.criterion.id for wish in asked.wishes]
    assert "cnn-training" in named
    assert "mlp-training" not in named
    assert math.fsum(wish.weight for wish in asked.wishes) == pytest.approx(1.0)
    training = next(wish.criterion for wish in asked.wishes if wish.criterion.id == "cnn-training")
    assert training.title == "Training step"
    rule = training.evidence[0].measured
    assert rule is not None
    assert (rule.probe, rule.workload, rule.parameters) == ("resnet8-training", "resnet8", {"batch": 32})


def networked(*names: str) -> Profile:
    return replace(load_profile("edge"), networks=names)


def test_without_a_model_the_figure_is_the_mean_over_the_networks_of_the_run() -> None:
    run = with_networks(resnet8=2.0, ds_cnn=8.0)
    profile = networked("resnet8", "ds-cnn", "mobilenetv1")
    told = decide(run, profile, samples=200)
    assert told.networks == ("resnet8", "ds-cnn"), "those that were measured"
    small = cells(decide(reference(), networked(), samples=200), "edge-latency")
    found = {stack: cell for stack, cell in cells(told, "edge-latency").items() if cell.value is not None}
    assert found
    for stack, cell in found.items():
        assert cell.value == pytest.approx(4.0 * (small[stack].value or 0))
        assert cell.message == "geometric mean over resnet8, ds-cnn"
        assert cell.transferred == "with 2 networks on this machine"
    assert any("resnet8, ds-cnn were measured" in each for each in told.warnings)


def test_three_networks_of_a_run_tell_how_far_networks_are_apart() -> None:
    run = with_networks(resnet8=2.0, ds_cnn=8.0)
    found = between_networks(run, "latency")
    assert found is not None
    assert found.sigma == pytest.approx(0.0, abs=1e-9), "all stacks were slowed alike: no order turns"
    rule = for_run(networked("resnet8", "ds-cnn"), run).criteria["edge-latency"].evidence[0].measured
    assert rule is not None
    assert asked_of(run, networked("resnet8")).sigma(rule, "B")[0] == pytest.approx(0.0, abs=1e-9)
    few = with_networks(resnet8=2.0)
    without_proofs = [each for each in few.observations if not each.probe.startswith("capability:")]
    assert between_networks(few.model_copy(update={"observations": tuple(without_proofs)}), "latency") is None
    assert SHIPPED["latency"] > 0


# Seconds of sessions as they were, on two cores at a load of 4 to 6: profile, model, seconds.
TOOK = (("edge", "@mobilenetv2", 223.0),)


@pytest.mark.parametrize(("name", "model", "seconds"), TOOK)
def test_what_is_told_before_a_session_is_what_it_takes(name: str, model: str, seconds: float) -> None:
    needed = replace(load_profile(name), model=subject.find(model))
    plan = narrowed(make_plan(mode="quick", subjects=subjects_of(needed, quick=True)), needed)
    assert 0.75 * seconds < plan.estimate < 1.25 * seconds


def test_a_model_s_own_artifacts_are_timed_and_the_stand_in_s_judged_only() -> None:
    needed = replace(load_profile("edge"), model=MODEL)
    plan = narrowed(make_plan(mode="quick", subjects=subjects_of(needed, quick=True)), needed)
    own = {
        (route.route.runtime, route.precision) for route in plan.routes if route.workload == MODEL.spec and route.timed
    }
    assert {("litert", "float32"), ("litert", "int8"), ("executorch", "float32")} <= own
    stand_in = [route for route in plan.routes if route.trained]
    assert stand_in
    assert all(route.precision == "int8" and not route.timed for route in stand_in)
