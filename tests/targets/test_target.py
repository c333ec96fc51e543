"""Targets: what they hold, what they knock out, and that nothing is claimed where nothing speaks of one."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from advisor.cli import main
from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.errors import AdvisorError
from advisor.knowledge.devices import load_comparisons
from advisor.measurement.run import Run, load_run
from advisor.profiles.adjustments import aiming
from advisor.profiles.profile import load_profile
from advisor.targets import target as module
from advisor.targets.target import load_target, load_targets, source_of

REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference-run.json"


@functools.cache
def reference() -> Run:
    return load_run(REFERENCE)


def asked(profile: str, target: str) -> Recommendation:
    return decide(reference(), aiming(load_profile(profile), target), samples=500)


def test_every_target_says_who_says_so() -> None:
    found = load_targets()
    assert {
        "raspberry-pi", "jetson", "android-phone", "iphone", "microcontroller", "browser", "linux-server", "windows-pc",
        "nvidia-gpu", "amd-gpu", "apple-silicon", "tpu", "npu-qualcomm", "npu-rockchip", "npu-intel",
    } <= set(found)  # fmt: skip
    for each in found.values():
        assert each.ask
        assert all(source_of(said).url for said in each.reached)
        assert all(source_of(said).url for said in each.unreached)


def test_every_published_comparison_is_of_a_target() -> None:
    assert {each.target for each in load_comparisons()} <= set(load_targets())


def test_what_does_not_reach_a_target_is_out_with_its_reason() -> None:
    told = asked("edge", "microcontroller")
    out = {(each.framework, each.route) for each in told.ranking if not each.feasible}
    assert ("pytorch", "onnxruntime") in out
    assert ("tensorflow", "litert") in out
    assert ("pytorch", "executorch") not in out
    cells = [each for each in told.evidence if each.criterion == "reach" and each.route == "onnxruntime"]
    assert cells[0].level == "not reached"
    assert "operating system" in str(cells[0].message)
    assert cells[0].source is not None


@pytest.mark.parametrize("name", ["npu-hailo", "microcontroller", "iphone", "jetson", "npu-qualcomm"])
def test_where_no_measurement_speaks_of_a_target_nothing_is_named_and_what_to_do_is_told(name: str) -> None:
    told = asked("edge", name)
    assert told.verdict == "undetermined"
    assert told.answer is None
    assert any("cannot tell for this target" in each and load_target(name).ask in each for each in told.conditions)


def test_what_was_published_of_a_target_is_told() -> None:
    told = asked("edge", "jetson")
    assert any("Published for Jetson Orin" in each and ": tensorrt " in each for each in told.warnings)


def test_a_target_of_the_same_kind_of_processor_is_answered_with_width() -> None:
    told = asked("edge", "raspberry-pi")
    assert told.verdict == "tie"
    latency = next(each for each in told.evidence if each.criterion == "edge-latency")
    assert latency.transferred == "with a small network on this machine"
    assert any("Raspberry Pi" in each for each in told.warnings)


def test_a_run_of_the_target_itself_is_not_widened_for_it() -> None:
    told = asked("deployment", "linux-server")
    latency = next(each for each in told.evidence if each.criterion == "serving-latency")
    assert latency.transferred == "with a small network"


def test_a_profile_names_its_target_and_an_option_replaces_it(tmp_path: Path) -> None:
    file = tmp_path / "camera.yaml"
    file.write_text("name: camera\nextends: edge\ntarget: jetson\n", encoding="utf-8")
    assert load_profile(file).target == load_target("jetson")
    assert aiming(load_profile(file), "raspberry-pi").target == load_target("raspberry-pi")
    assert (
        len(
            [
                constraint
                for constraint in aiming(load_profile(file), "tpu").constraints
                if constraint.criterion.id == "reach"
            ]
        )
        == 1
    )
    file.write_text("name: camera\nextends: edge\ntarget: jetsn\n", encoding="utf-8")
    with pytest.raises(AdvisorError, match=r"camera\.yaml:3:9: unknown target 'jetsn' — did you mean 'jetson'"):
        load_profile(file)


def test_a_mistaken_name_is_told_with_the_nearest() -> None:
    with pytest.raises(AdvisorError, match="--target raspbery-pi: unknown target 'raspbery-pi' — did you mean"):
        aiming(load_profile("edge"), "raspbery-pi")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("source: pytorch-xla", "source: pytorch-xlb", "did you mean 'pytorch-xla'"),
        ("processor: tpu", "processor: tpus", "'tpu'"),
        ("id: tpu", "id: tpus", "expected 'tpu', as the file is called"),
        ("what: vllm", "what: jax", "'jax' stands here twice"),
    ],
)
def test_a_mistake_in_a_file_is_told_at_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    shutil.copy(Path(module.__file__).parent / "tpu.yaml", tmp_path / "tpu.yaml")
    file = tmp_path / "tpu.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AdvisorError, match=r"tpu\.yaml:\d+:\d+") as caught:
        load_targets(tmp_path)
    assert words in caught.value.message


def test_the_commands_show_them() -> None:
    listed = CliRunner().invoke(main, ["target", "list", "--format", "csv"])
    assert listed.exit_code == 0
    assert "raspberry-pi" in listed.output
    shown = CliRunner().invoke(main, ["target", "show", "tpu"])
    assert shown.exit_code == 0
    assert "jax" in shown.output
    asked_for = ["recommend", "--run", str(REFERENCE), "--profile", "edge", "--target", "npu-hailo", "--no-site"]
    told = CliRunner().invoke(main, asked_for)
    assert told.exit_code == 0
    assert "cannot tell for this target" in " ".join(told.output.split())
    assert "--target npu-hailo" in told.output
