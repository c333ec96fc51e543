"""The framework worker, as a process and over its channel: what it answers, and what it survives."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from advisor import resources
from probes import interface
from probes.digits import load
from probes.workloads import initial_weights
from tests.probes.processes import Probe

pytestmark = pytest.mark.integration

FOLDER = Path(__file__).parent / "frameworks"
INFERENCE = {"probe": "cnn-inference", "workload": "cnn", "task": "inference", "parameters": {"batch": 2}}
TRAINING = {"probe": "cnn-training", "workload": "cnn", "task": "training", "parameters": {"batch": 4}}


def abacus(name: str = "abacus") -> Probe:
    return Probe("framework", name, "--frameworks-folder", str(FOLDER))


@pytest.fixture(scope="module")
def worker() -> Iterator[Probe]:
    with abacus() as probe:
        probe.ok("describe", threads=1)
        yield probe
        assert probe.ask("stop")["ok"] == {}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `probes.digits` leaves, with weights that were not trained."""
    folder = tmp_path_factory.mktemp("digits")
    images = np.random.default_rng(0).random((12, 32, 32, 1), dtype=np.float32)
    np.savez(folder / "cnn-digits.npz", allow_pickle=False, **initial_weights("cnn"))
    np.save(folder / "calibration.npy", images)
    np.save(folder / "held-out.npy", images)
    np.save(folder / "held-out-labels.npy", np.zeros(12, np.int64))
    return folder / "cnn-digits.npz"


def talk(*lines: str, arguments: tuple[str, ...] = ("framework", "abacus")) -> tuple[list[dict[str, Any]], str]:
    """Write whole lines to a worker and return every reply and its standard error."""
    command = [sys.executable, str(resources.probes()), *arguments, "--frameworks-folder", str(FOLDER)]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, timeout=300, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_describe_says_what_it_is_and_what_it_takes() -> None:
    with abacus() as probe:
        told = probe.ok("describe", threads=3)
    assert told["framework"] == "abacus"
    assert told["version"] == np.__version__
    assert told["packages"] == {"numpy": np.__version__}
    assert told["threads_requested"] == 3
    assert told["settings"] == {"threads": "3"}
    assert 0.01 < told["import_seconds"] < 30
    assert 1e6 < told["memory_before_import"] < told["memory_after_import"] < 1e9
    assert told["installed_packages"] == 1
    assert 1e7 < told["installed_bytes"] < 1e9


def test_garbage_is_answered_and_survived() -> None:
    replies, _ = talk(
        "not json", "[1, 2]", '{"id": 3}', "", '{"id": 4, "do": "dance"}', '{"id": 5, "do": "describe"}',
        "[" * 100_000, '{"id": "x", "do": "describe", "threads": 1}', '{"id": 9, "do": "stop"}',
        '{"id": 10, "do": "describe"}',
    )  # fmt: skip
    assert [reply["id"] for reply in replies] == [None, None, 3, 4, 5, None, "x", 9]
    assert [reply.get("outcome") for reply in replies] == ["error"] * 6 + [None, None]
    assert "unknown command 'dance'" in replies[3]["message"]
    assert "describe, prepare, block, reshape, footprint, measure, prove, stop" in replies[3]["message"]
    assert replies[4]["message"] == "KeyError: 'threads'"
    assert replies[4]["where"].startswith("worker.py:")


def test_the_worker_ends_with_its_input() -> None:
    replies, _ = talk('{"id": 1, "do": "describe", "threads": 1}')
    assert len(replies) == 1


def test_describe_comes_first() -> None:
    replies, _ = talk(json.dumps({"id": 1, "do": "prepare", "setting": "out-of-the-box", **INFERENCE}))
    assert replies[0]["outcome"] == "error"
    assert "describe comes first" in replies[0]["message"]


def test_a_framework_that_is_not_there() -> None:
    with abacus("vapour") as probe:
        reply = probe.ask("describe", threads=1)
    assert reply["outcome"] == "not_installed"
    assert "'vapour_framework'" in reply["message"]


FOUND = (FOLDER / "abacus" / "describe.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("MODULES = ", "MODULE = ", "MODULES is missing (there is 'MODULE'); expected names of one or more modules"),
        ('("numpy",)', '("numpy")', "MODULES is 'numpy'; expected names of one or more modules, as a tuple of strings"),
        ("def devices()", "def device()", "devices is missing (there is 'device'); expected a function without"),
        ("def version()", "def version(short)", "version takes (short); expected a function without arguments that"),
        ("(threads: int) -> dict", "() -> dict", "environment takes (); expected a function of"),
        ("return []", "return None", "devices returned None; expected a function without arguments that returns a"),
        ('{"ABACUS_THREADS": str(threads)}', '{"N": threads, "ABACUS_THREADS": ""}', "environment returned {'N': 1, "),
        ("import os\n", "import os\n\nBESIDE = 3\n", "BESIDE is 3; expected names of distributions"),
    ],
)
def test_what_a_description_lacks_is_one_line_that_names_it(
    tmp_path: Path, written: str, instead: str, told: str
) -> None:
    assert written in FOUND
    (tmp_path / "mine").mkdir()
    for name, text in {"__init__": "", "describe": FOUND.replace(written, instead)}.items():
        (tmp_path / "mine" / f"{name}.py").write_text(text, encoding="utf-8")
    with Probe("framework", "mine", "--frameworks-folder", str(tmp_path)) as probe:
        reply = probe.ask("describe", threads=1)
    assert reply["outcome"] == "error"
    assert reply["message"].startswith(f"mine/describe.py: {told}")
    assert "\n" not in reply["message"]


def test_the_interface_that_is_documented_is_the_one_that_is_checked() -> None:
    documented = set(re.findall(r"^``(\w+)``", interface.__doc__ or "", re.MULTILINE))
    assert documented == set(interface.PARTS)


def test_a_framework_that_nobody_described() -> None:
    with abacus("caffe") as probe:
        reply = probe.ask("describe", threads=1)
    assert reply["outcome"] == "error"
    there = "abacus, jax, keras_jax, keras_pytorch, keras_tensorflow, pytorch, tensorflow"
    assert f"unknown framework 'caffe': there are {there}" in reply["message"]


def test_a_cell_is_prepared_and_timed(worker: Probe) -> None:
    ready = worker.ok("prepare", setting="out-of-the-box", **INFERENCE)
    assert 0 < ready["parity"]["max_relative_error"] < ready["parity"]["limit"] == 1e-4
    assert ready["parity"]["referee"] == "numpy-float64"
    assert ready["first_call"] > 0
    assert ready["how"] == "NumPy"
    block = worker.ok("block", cell=ready["cell"], settle=0, lead_in=0.01, seconds=0.05, minimum_calls=5)
    assert block["count"] == len(block["calls"]) >= 5
    assert sum(block["calls"]) == pytest.approx(block["wall"], rel=0.01)


def test_a_training_cell_is_held_against_the_referee(worker: Probe) -> None:
    ready = worker.ok("prepare", setting="out-of-the-box", **TRAINING)
    assert 0 < ready["parity"]["weights_max_relative_error"] < 1e-4


@pytest.mark.parametrize(
    ("setting", "cell", "what"),
    [
        ("perturbed", INFERENCE, "logits differ from the referee by 0.00"),
        ("lazy", TRAINING, "differ from the referee by"),
        ("hasty", TRAINING, "differ from the referee by"),
    ],
)
def test_a_wrong_answer_gets_no_cell(worker: Probe, setting: str, cell: dict[str, Any], what: str) -> None:
    before = worker.ok("prepare", setting="out-of-the-box", **INFERENCE)["cell"]
    reply = worker.ask("prepare", setting=setting, **cell)
    assert reply["outcome"] == "error"
    assert what in reply["message"]
    assert "ok" not in reply
    assert "no cell" in worker.ask("block", cell=before + 1)["message"]


def test_the_fastest_alternative_is_taken_and_the_others_are_named(worker: Probe) -> None:
    ready = worker.ok("prepare", setting="best-known", **INFERENCE)
    assert ready["how"] == "NumPy"
    assert ready["variant"] == "right"
    tried = {one["variant"]: one for one in ready["tried"]}
    broken, slow, right = tried["broken"], tried["slow"], tried["right"]
    assert broken == {"variant": "broken", "message": "there is no compiler here"}
    assert right["call"] < slow["call"] >= 0.005
    assert slow["first_call"] >= 0.005
    assert not slow["compiled"]
    assert ready["operations"] == 2 * 2_917_632
    again = worker.ok("prepare", setting="best-known", variant="slow", **INFERENCE)
    assert again["how"] == "NumPy after a nap"
    assert "no variant" in worker.ask("prepare", setting="best-known", variant="quantum", **INFERENCE)["message"]


def test_a_setting_without_a_working_alternative_says_why(worker: Probe) -> None:
    reply = worker.ask("prepare", setting="broken", **INFERENCE)
    assert (reply["outcome"], reply["message"]) == ("not_supported", "there is no compiler here")


def test_another_shape_is_timed_and_judged(worker: Probe) -> None:
    cell = worker.ok("prepare", setting="best-known", variant="right", **INFERENCE)["cell"]
    told = worker.ok("reshape", cell=cell, workload="cnn", batch=3)
    assert 0 < told["second_call"] < 5
    assert 0 < told["first_call"] < 5
    rigid = worker.ok("prepare", setting="best-known", variant="slow", **INFERENCE)["cell"]
    assert worker.ask("reshape", cell=rigid, workload="cnn", batch=3)["outcome"] == "not_applicable"
    wrong = worker.ok("prepare", setting="narrow", **INFERENCE)["cell"]
    reply = worker.ask("reshape", cell=wrong, workload="cnn", batch=3)
    assert reply["outcome"] == "error"
    assert "logits of 3 samples differ" in reply["message"]


def test_memory_of_calls_is_told_from_that_before() -> None:
    with abacus() as probe:
        probe.ok("describe", threads=1)
        told = probe.ok("footprint", setting="hoarding", **INFERENCE)
        assert told["after"] - told["before"] > 40e6
        assert told["peak"] >= told["after"]
        assert probe.ask("footprint", setting="hoarding", variant="modest", **INFERENCE)["outcome"] == "error"


def test_an_experiment_has_figures_of_its_own(worker: Probe) -> None:
    told = worker.ok("measure", probe="counting")
    assert told == {"how": "fingers", "values": {"fingers": [10, 10]}, "details": {"hands": 2}}
    assert worker.ask("measure", probe="flying")["outcome"] == "not_run"
    assert "is no experiment" in worker.ask("measure", probe="../counting")["message"]


def test_what_a_recipe_prints_does_not_reach_the_channel() -> None:
    replies, errors = talk(
        '{"id": 1, "do": "describe", "threads": 1}',
        json.dumps({"id": 2, "do": "prepare", "setting": "noisy", **INFERENCE}),
        '{"id": 3, "do": "block", "cell": 0, "settle": 0, "lead_in": 0, "seconds": 0}',
    )
    assert [reply["id"] for reply in replies] == [1, 2, 3]
    assert all("ok" in reply for reply in replies)
    assert replies[1]["ok"]["how"] == "NumPy, talkative"
    assert "printed by Python" in errors
    assert "written to descriptor 1" in errors


def prove(worker: Probe, weights: Path, precision: str, probe: str = "route:paper") -> dict[str, Any]:
    return worker.ask(
        "prove", probe=probe, workload="cnn", parameters={"precision": precision},
        folder=str(weights.parent), weights=str(weights),
    )  # fmt: skip


def test_a_recipe_proves_and_refutes(worker: Probe, weights: Path) -> None:
    proved = prove(worker, weights, "float32")
    assert proved["outcome"] == "proved"
    assert proved["proof"]["max_relative_error"] == 0
    assert proved["proof"]["rows"] == 8
    assert proved["proof"]["artifact_bytes"] == Path(proved["proof"]["artifact"]).stat().st_size
    assert proved["seconds"] > 0
    refuted = prove(worker, weights, "int1")
    assert refuted["outcome"] == "refuted"
    assert "differ by 0.5 relative" in refuted["message"]


@pytest.mark.parametrize(
    ("precision", "probe", "outcome", "message"),
    [
        ("wrong", "route:paper", "error", "ValueError: the exporter refuses\nfor a reason"),
        ("exit", "route:paper", "error", "SystemExit: this recipe ends the process"),
        ("absent", "route:paper", "not_installed", "'a_module_that_nobody_has'"),
        ("float32", "route:stone", "not_run", "abacus has no recipe 'route_stone'"),
        ("float32", "capability:resume-training", "not_run", "abacus has no recipe 'resume_training'"),
        ("float32", "route:../../etc", "error", "is no recipe"),
    ],
)
def test_a_failing_recipe_costs_only_its_own_answer(
    worker: Probe, weights: Path, precision: str, probe: str, outcome: str, message: str
) -> None:
    reply = prove(worker, weights, precision, probe)
    assert reply["outcome"] == outcome
    assert message in reply["message"]
    assert prove(worker, weights, "float32")["outcome"] == "proved"


def test_where_names_the_line_of_the_recipe(worker: Probe, weights: Path) -> None:
    recipe = (FOLDER / "abacus" / "route_paper.py").read_text().splitlines()
    line = next(number for number, text in enumerate(recipe, 1) if "the exporter refuses" in text)
    assert prove(worker, weights, "wrong")["where"] == f"route_paper.py:{line}"


def test_an_interrupt_ends_the_worker_quietly() -> None:
    command = [sys.executable, str(resources.probes()), "framework", "abacus", "--frameworks-folder", str(FOLDER)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # Whoever runs the tests in the background of a shell has interrupts ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    process.stdin.write('{"id": 1, "do": "describe", "threads": 1}\n')
    process.stdin.flush()
    process.stdout.readline()
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in errors


def test_the_digits_are_the_scikit_learn_ones() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    images, labels = load()
    expected = datasets.load_digits()
    np.testing.assert_array_equal(labels, expected.target)
    np.testing.assert_array_equal(images[:, ::4, ::4, 0], (expected.images / 16).astype(np.float32))
    assert images.shape == (1797, 32, 32, 1)
