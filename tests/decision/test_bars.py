"""What no answer of a shipped profile may hang on: the small networks' speeds, any one criterion of little weight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.keys import Stack
from advisor.measurement.run import Observation, Run
from advisor.profiles.profile import load_profile, shipped_profiles
from tests.decision.test_questions import reference

SAMPLES = 500
LITTLE = 0.05
FRAMEWORKS = ("pytorch", "tensorflow")
ROUTES = ("executorch", "litert", "onnxruntime", "openvino")
PROFILES = shipped_profiles()

Factor = Callable[[Observation], float]
"""How many times as long a latency is to be."""


def times(factor: Factor) -> Run:
    """Return the reference Run with its latencies multiplied."""

    def other(each: Observation) -> Observation:
        by = factor(each) if each.metric == "latency" and each.summary is not None else 1.0
        if by == 1.0 or each.summary is None:
            return each
        scaled = {name: value * by for name, value in each.summary.model_dump().items() if name in FIGURES and value}
        return each.model_copy(update={"summary": each.summary.model_copy(update=scaled)})

    run = reference()
    return run.model_copy(update={"observations": tuple(other(each) for each in run.observations)})


FIGURES = ("median", "low", "high", "p50", "p95", "p99", "p99_low", "p99_high")


def as_for_an_encoder() -> Factor:
    """Return how many times as long each route took for the transformer as for the convolutional network."""
    seconds: dict[tuple[str, str, str, object], float] = {}
    for each in reference().observations:
        route = each.probe.removeprefix("capability:route-")
        told = (each.proof or {}).get("latency_seconds")
        if route in ROUTES and isinstance(told, float):
            place = (each.framework, route, str(each.parameters["workload"]), each.parameters["precision"])
            seconds.setdefault(place, told)
    assert ("pytorch", "executorch", "transformer", "int8") in seconds

    def factor(each: Observation) -> float:
        cnn, encoder = (
            seconds.get((each.framework, each.route or "", network, each.parameters.get("precision")))
            for network in ("cnn", "transformer")
        )
        return encoder / cnn if cnn and encoder else 1.0

    return factor


def one(whose: str, by: float) -> Factor:
    """Return a factor for one framework's own latencies, or for those of one route."""
    return lambda each: by if whose in (each.framework if each.route is None else "", each.route) else 1.0


CHANGES: Mapping[str, Factor] = {
    "all × 20": lambda _: 20.0,
    "all ÷ 20": lambda _: 1 / 20,
    "as for an encoder": as_for_an_encoder(),
    **{f"{route} × 20": one(route, 20.0) for route in ROUTES},
    **{f"{route} ÷ 20": one(route, 1 / 20) for route in ROUTES},
}


def named(told: Recommendation) -> set[Stack]:
    """Return the stack that is recommended, and nothing where none is."""
    return {told.answer} if told.verdict == "recommended" and told.answer is not None else set()


@pytest.mark.parametrize("name", PROFILES)
def test_other_speeds_of_the_small_networks_never_recommend_another_stack(name: str) -> None:
    needed = load_profile(name)
    changes = [each for each in CHANGES if needed.ships or "all" in each]
    runs = [reference(), *(times(CHANGES[each]) for each in changes)]
    recommended = set().union(*(named(decide(run, needed, samples=SAMPLES)) for run in runs))
    assert len(recommended) <= 1, recommended


def test_speeds_are_changed_and_count() -> None:
    needed = load_profile("edge")
    before = decide(reference(), needed, samples=SAMPLES)
    after = decide(times(one("executorch", 20.0)), needed, samples=SAMPLES)
    latency = {
        each.route: each.value for each in after.evidence if each.criterion == "edge-latency" and each.value is not None
    }
    was = next(
        each.value for each in before.evidence if each.criterion == "edge-latency" and each.route == "executorch"
    )
    assert was is not None
    assert latency["executorch"] == pytest.approx(20 * was)
    assert before.ranking[0].stack == after.ranking[0].stack or before.verdict != "recommended"


@pytest.mark.parametrize("name", PROFILES)
def test_no_criterion_of_little_weight_turns_one_recommendation_into_another(name: str) -> None:
    needed = load_profile(name)
    recommended = named(decide(reference(), needed, samples=SAMPLES))
    for left_out in (wish for wish in needed.wishes if wish.weight <= LITTLE):
        rest = 1 - left_out.weight
        wishes = tuple(replace(w, weight=w.weight / rest) for w in needed.wishes if w is not left_out)
        recommended |= named(decide(reference(), replace(needed, wishes=wishes), samples=SAMPLES))
        assert len(recommended) <= 1, left_out.criterion.id


def test_these_bars_are_about_answers_that_are_recommended() -> None:
    told = [decide(reference(), load_profile(name), samples=SAMPLES) for name in PROFILES]
    assert sum(each.verdict == "recommended" for each in told) >= 3
