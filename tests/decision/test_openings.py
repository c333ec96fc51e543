"""Alternatives that nobody measured here take part in the answer as open, where they are an alternative at all."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.measurement.run import Run, load_run
from advisor.profiles.adjustments import aiming, requiring
from advisor.profiles.profile import load_profile

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
    assert opened(asked("research")) == {"jax"}
    assert opened(asked("research", "apple-silicon")) == {"mlx"}
    assert opened(asked("edge", "jetson")) >= {"tensorrt", "ncnn"}
    assert opened(asked("edge", "iphone")) >= {"coreml", "ncnn"}
    assert "tensorrt" not in opened(asked("edge", "iphone"))
    assert opened(asked("edge", "microcontroller")) == {"tflite-micro"}
    assert "rknn" in opened(asked("edge", "npu-rockchip"))


@pytest.mark.parametrize("profile", ["edge", "mobile", "browser"])
def test_they_take_worlds_from_the_first_and_never_make_it_surer(profile: str) -> None:
    told = asked(profile)
    names = [each.route for each in told.open if each.route]
    alone = decide(reference(), load_profile(profile), samples=2000, exclude=names)
    assert not alone.open
    assert told.answer == alone.answer
    assert told.ranking[0].rank_acceptability[0] <= alone.ranking[0].rank_acceptability[0]
    assert [each.value for each in told.ranking] == [each.value for each in alone.ranking]
    assert all(0 <= each.first <= 1 and each.low <= each.high for each in told.open)
    firsts = sum(each.first for each in told.open)
    assert firsts + sum(each.rank_acceptability[0] for each in told.ranking if each.feasible) == pytest.approx(1)


def test_what_is_documented_counts_and_what_fails_a_requirement_is_not_open() -> None:
    needed = requiring(load_profile("edge"), ["phones=Android and iOS"])
    assert "ncnn" in opened(decide(reference(), needed, samples=200))
    needed = requiring(load_profile("edge"), ["microcontrollers=supported"])
    told = decide(reference(), aiming(needed, "microcontroller"), samples=200)
    assert opened(told) == {"tflite-micro"}


def test_limits_of_the_size_of_a_language_model_are_told_to_be_another_question() -> None:
    needed = requiring(load_profile("mobile"), ["artifact-size<=2 GB", "peak-memory<=3 GB"])
    assert any("llama.cpp" in each for each in decide(reference(), needed, samples=200).warnings)
    assert not any("llama.cpp" in each for each in asked("mobile").warnings)
