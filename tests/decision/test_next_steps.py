"""What comes after the answer: the steps, the remedies that were measured, libraries one level up, and stay or move."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.errors import AdvisorError
from advisor.knowledge.jobs import load_jobs, source_of
from advisor.measurement.definitions import extras, frameworks
from advisor.measurement.run import Run, load_run
from advisor.profiles.adjustments import requiring, working
from advisor.profiles.profile import load_profile

REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference-run.json"


@functools.cache
def reference() -> Run:
    return load_run(REFERENCE)


@functools.cache
def answered(name: str) -> Recommendation:
    return decide(reference(), load_profile(name), samples=500)


def kinds(told: Recommendation) -> list[str]:
    return [step.kind for step in told.steps]


def test_what_ships_is_installed_converted_and_checked() -> None:
    told = answered("edge")
    assert kinds(told) == ["install", "convert", "check", "check"]
    assert told.steps[0].command == "pip install jax flax tensorflow ai-edge-litert"
    assert "jax2tf" in str(told.steps[1].command)
    assert told.steps[-1].command == "advisor check --profile edge --expect 'jax→litert'"


def test_what_helps_on_a_busy_machine_is_told_with_what_it_was_measured_to_help() -> None:
    remedies = [step.text for step in answered("research").steps if step.kind == "remedy"]
    assert len(remedies) == 2
    assert "OMP_WAIT_POLICY=PASSIVE" in remedies[0]
    factors = re.search(r"took ([0-9.]+) times as long instead of ([0-9.]+) here", remedies[0])
    assert factors is not None
    assert float(factors[1]) < float(factors[2])
    assert not [step for step in answered("edge").steps if step.kind == "remedy"]  # another program ships there


@pytest.mark.parametrize(
    ("profile", "job", "named", "not_named"),
    [
        ("reinforcement-learning", None, "TorchRL", "TF-Agents"),
        ("deployment", None, "Triton", "TensorFlow Serving"),
        ("research", "adapt-language-model", "PEFT with TRL", "TorchRL"),
        ("large-training", "train-on-many-nodes", "Megatron-LM", "Axolotl"),
    ],
)
def test_the_library_for_the_job_is_named_where_it_fits_what_is_built(
    profile: str, job: str | None, named: str, not_named: str
) -> None:
    told = decide(reference(), working(load_profile(profile), job), samples=500)
    library = next(step for step in told.steps if step.kind == "library")
    assert named in library.text
    assert not_named not in library.text
    assert any(named in warning for warning in told.warnings)


def test_limits_of_a_language_model_are_recognised() -> None:
    asked = requiring(load_profile("mobile"), ["artifact-size<=2 GB"])
    assert any("llama.cpp, LiteRT-LM" in each for each in decide(reference(), asked, samples=500).warnings)
    assert not any("llama.cpp" in each for each in answered("mobile").warnings)


def test_an_unknown_job_is_told_with_the_nearest_one() -> None:
    with pytest.raises(AdvisorError, match=r"--job adapt-languag-model.*did you mean 'adapt-language-model'"):
        working(load_profile("research"), "adapt-languag-model")


def test_every_name_has_a_source_and_every_job_names_somebody_for_a_framework() -> None:
    for job in load_jobs().values():
        assert all(source_of(each).url for each in job.names)


@pytest.mark.parametrize(
    ("code", "size", "advised", "answer"),
    [
        (0, 3, None, "pytorch"),
        (12_000, 3, "rewrite", "pytorch"),
        (60_000, 3, "gradual", "pytorch"),
        (1_000_000, 1, "stay", "tensorflow"),
    ],
)
def test_a_team_with_code_is_told_to_stay_move_or_rewrite_and_a_dear_move_changes_the_answer(
    code: int, size: int, advised: str | None, answer: str, tmp_path: Path
) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(f"name: ours\nextends: research\nteam: {{knows: tensorflow, size: {size}, code: {code} lines}}\n")
    profile = load_profile(file)
    team = profile.team
    assert team is not None
    told = decide(reference(), profile, samples=500)
    assert told.answer is not None
    assert told.answer.framework == answer
    assert [way.kind for way in told.ways if way.advised] == ([advised] if advised else [])
    if told.ways:
        stay, gradual, rewrite = told.ways
        assert 0 == stay.days < gradual.days < rewrite.days == pytest.approx(team.days(1.0))
        assert rewrite.share == pytest.approx(team.switching("pytorch"))
    if answer == "tensorflow":
        assert told.verdict == "lean"
        assert "would take 6,682 working days" in told.reasons[0]


def test_every_route_of_a_framework_says_how_a_model_is_converted() -> None:
    for framework in (frameworks() | extras()).values():
        for route in framework.routes if framework.settings else ():
            compile(framework.convert[route].code, f"{framework.id} to {route}", "exec")
