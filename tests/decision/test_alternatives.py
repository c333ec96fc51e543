"""The alternatives that a profile compares: measured, chosen, and those that are open."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from advisor.decision.alternatives import alternatives, measurable, refuse_unknown
from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.errors import AdvisorError
from advisor.keys import stack_id
from advisor.measurement import definitions
from advisor.measurement.run import Observation, Outcome, Run, load_run
from advisor.profiles.adjustments import aiming, requiring
from advisor.profiles.profile import load_profile
from tests.samples import sample_run


def compared(run: Run) -> set[str]:
    found = alternatives(run, "server", definitions.frameworks(), definitions.routes())
    return {stack_id(stack) for stack in found}


def with_proof(outcome: Outcome) -> Run:
    run = sample_run()
    proof = Observation(
        probe="route:openvino", framework="pytorch", route="openvino", workload="cnn",
        parameters={"precision": "float32"}, outcome=outcome,
    )  # fmt: skip
    return run.model_copy(update={"observations": (*run.observations, proof)})


def test_an_extra_route_is_compared_only_where_it_was_tried() -> None:
    usual = compared(sample_run())
    assert "pytorch→onnxruntime" in usual
    assert "pytorch→openvino" not in usual
    assert compared(with_proof("proved")) == usual | {"pytorch→openvino"}


@pytest.mark.parametrize("outcome", ["not_installed", "not_run"])
def test_what_is_not_there_costs_nobody_the_answer(outcome: Outcome) -> None:
    assert compared(with_proof(outcome)) == compared(sample_run())


@pytest.mark.parametrize("outcome", ["refuted", "error", "not_supported"])
def test_what_failed_stays_to_be_seen(outcome: Outcome) -> None:
    assert "pytorch→openvino" in compared(with_proof(outcome))


def test_a_device_is_no_server() -> None:
    stacks = alternatives(with_proof("proved"), "edge", definitions.frameworks(), definitions.routes())
    assert "pytorch→openvino" not in {stack_id(stack) for stack in stacks}


@pytest.mark.parametrize("name", ["pytorch", "LiteRT", "pytorch->executorch", "PyTorch → ONNX Runtime"])
def test_what_can_be_left_out_is_known_before_anything_is_measured(name: str) -> None:
    refuse_unknown([name], definitions.frameworks(), definitions.routes())


def test_a_mistaken_name_is_refused_before_anything_is_measured() -> None:
    with pytest.raises(AdvisorError, match=r"--exclude: there is nothing called 'litrt' — did you mean 'litert'\?"):
        refuse_unknown(["pytorch", "litrt"], definitions.frameworks(), definitions.routes())


REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference-run.json"


@functools.cache
def reference() -> Run:
    return load_run(REFERENCE)


@functools.cache
def asked(profile: str, target: str | None = None) -> Recommendation:
    return decide(reference(), aiming(load_profile(profile), target), samples=2000)


def opened(told: Recommendation) -> set[str]:
    return {each.route or each.framework for each in told.open}


def test_they_stand_where_they_could_be_shipped_and_nowhere_else() -> None:
    assert opened(asked("edge")) == {"ncnn", "mnn", "iree"}
    assert opened(asked("browser")) >= {"tensorflow-js", "onnxruntime-web", "litert-js"}
    assert opened(asked("research")) == {"keras"}
    assert opened(asked("research", "apple-silicon")) == {"mlx"}
    assert opened(asked("edge", "jetson")) >= {"tensorrt", "ncnn"}
    assert opened(asked("edge", "iphone")) >= {"coreml", "ncnn"}
    assert "tensorrt" not in opened(asked("edge", "iphone"))
    assert opened(asked("edge", "microcontroller")) == {"tflite-micro"}
    assert "rknn" in opened(asked("edge", "npu-rockchip"))


@pytest.mark.parametrize("profile", ["edge", "mobile", "browser"])
def test_they_take_worlds_from_the_first_and_never_make_it_surer(profile: str) -> None:
    told = asked(profile)
    names = [stack_id(each.stack) for each in told.open]
    alone = decide(reference(), load_profile(profile), samples=2000, exclude=names)
    assert not alone.open
    assert told.answer == alone.answer
    assert told.ranking[0].rank_acceptability[0] <= alone.ranking[0].rank_acceptability[0]
    assert [each.value for each in told.ranking] == [each.value for each in alone.ranking]
    assert all(0 <= each.first <= 1 and each.low <= each.high for each in told.open)
    firsts = sum(each.first for each in told.open)
    assert firsts + sum(each.rank_acceptability[0] for each in told.ranking if each.feasible) == pytest.approx(1)


def test_what_is_documented_counts_and_what_fails_a_constraint_is_not_open() -> None:
    needed = requiring(load_profile("edge"), ["phones=Android and iOS"])
    assert "ncnn" in opened(decide(reference(), needed, samples=200))
    needed = requiring(load_profile("edge"), ["microcontrollers=supported"])
    told = decide(reference(), aiming(needed, "microcontroller"), samples=200)
    assert opened(told) == {"tflite-micro"}


def test_limits_of_the_size_of_a_language_model_are_told_to_be_another_question() -> None:
    needed = requiring(load_profile("mobile"), ["artifact-size<=2 GB", "peak-memory<=3 GB"])
    assert any("llama.cpp" in each for each in decide(reference(), needed, samples=200).warnings)
    assert not any("llama.cpp" in each for each in asked("mobile").warnings)


def test_what_is_documented_and_has_recipes_is_measured() -> None:
    assert measurable(["jax", "mlx", "pytorch"]) == ["jax", "pytorch"]
