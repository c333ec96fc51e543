"""The routes on the real frameworks: export, run by the runtime alone, compare; and that each proof can fail."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from probes import digits, int8_trial, reference, route_proof, workloads
from probes.channel import ProbeError
from probes.proof import LIMIT, size_of
from probes.runtimes import clean_process
from tests.probes.processes import Probe
from tests.probes.recipes import ForkServers

pytestmark = pytest.mark.frameworks

ROUTES = {"pytorch": ("executorch", "onnxruntime", "openvino"), "tensorflow": ("litert", "onnxruntime", "openvino")}
STACKS = [(framework, runtime) for framework, runtimes in ROUTES.items() for runtime in runtimes]
MODULES = {
    "pytorch": "torch",
    "tensorflow": "tensorflow",
    "executorch": "executorch",
    "litert": "ai_edge_litert",
    "onnxruntime": "onnxruntime",
    "openvino": "openvino",
}
ANY_BATCH = ("onnxruntime", "openvino")
PRECISIONS = ("float32", "int8")


@dataclass(frozen=True)
class Shipped:
    """One route, proved once for all tests of this module."""

    framework: str
    runtime: str
    precision: str
    weights: Path
    reply: dict[str, Any]

    @property
    def artifact(self) -> Path:
        return Path(self.reply["proof"]["artifact"])

    @property
    def case(self) -> workloads.Case:
        return workloads.trained(self.weights, self.artifact.parent, {"precision": self.precision})


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real digits, and seeded weights: what is shipped need not be trained to be compared."""
    folder = tmp_path_factory.mktemp("digits")
    images, labels = digits.load()
    np.save(folder / "calibration.npy", images[:64])
    np.save(folder / "held-out.npy", images[64:96])
    np.save(folder / "held-out-labels.npy", labels[64:96])
    np.savez(folder / "cnn-digits.npz", **workloads.initial_weights("cnn"))  # type: ignore[arg-type]
    return folder / "cnn-digits.npz"


@pytest.fixture(scope="module")
def workers() -> Iterator[dict[str, Probe]]:
    started: dict[str, Probe] = {}
    yield started
    for worker in started.values():
        with worker:
            pass


@pytest.fixture(scope="module")
def proved() -> dict[tuple[str, str, str], Shipped]:
    return {}


@pytest.fixture(params=[(*stack, precision) for stack in STACKS for precision in PRECISIONS], ids="-".join)
def route(
    request: pytest.FixtureRequest,
    weights: Path,
    workers: dict[str, Probe],
    servers: ForkServers,
    proved: dict[tuple[str, str, str], Shipped],
    tmp_path_factory: pytest.TempPathFactory,
) -> Shipped:
    framework, runtime, precision = request.param
    for name in (framework, runtime):
        if importlib.util.find_spec(MODULES[name]) is None:
            pytest.skip(f"{name} is not installed")
    if request.param not in proved:
        if framework not in workers:
            workers[framework] = Probe("framework", framework, server=servers.of(framework))
            workers[framework].ok("describe", threads=2)
        reply = workers[framework].ask(
            "prove",
            probe=f"route:{runtime}",
            workload="cnn",
            parameters={"precision": precision},
            folder=str(tmp_path_factory.mktemp("-".join(request.param))),
            weights=str(weights),
        )
        proved[request.param] = Shipped(framework, runtime, precision, weights, reply)
    return proved[request.param]


def copied(artifact: Path, folder: Path) -> Path:
    copy = folder / artifact.name
    if artifact.is_dir():
        return Path(shutil.copytree(artifact, copy))
    return Path(shutil.copy(artifact, copy))


def test_route_is_proved_with_its_figures(route: Shipped) -> None:
    assert route.reply["outcome"] == "proved", route.reply
    figures = route.reply["proof"]
    assert 0 <= figures["max_relative_error"] <= {"float32": figures.get("limit"), "int8": 0.05}[route.precision]
    assert figures["artifact_bytes"] == size_of(route.artifact)
    assert figures["batches"] == ([1, 8] if route.runtime in ANY_BATCH else [1])
    assert route.reply["seconds"] > 0
    # Rounding to eight bits leaves a trace; none would mean that nothing was quantised.
    assert (figures["max_relative_error"] > 1e-4) == (route.precision == "int8")


def test_what_was_tried_stands_with_an_int8_file_of_onnx_runtime(route: Shipped) -> None:
    figures = route.reply["proof"]
    if (route.runtime, route.precision) != ("onnxruntime", "int8"):
        assert "tried" not in figures
        return
    assert {each["variant"] for each in figures["tried"]} == {"S8S8", "U8S8"}
    (taken,) = (each for each in figures["tried"] if each["variant"] == figures["variant"])
    assert taken["how"] == figures["how"]
    assert taken["bytes"] == figures["artifact_bytes"]
    assert int8_trial.taken(figures["tried"]) == taken
    # Nothing of what was not taken is left beside what ships.
    assert [each.name for each in route.artifact.parent.glob("*.onnx")] == [route.artifact.name]


def test_runtime_answers_as_the_numpy_reference(route: Shipped) -> None:
    case = route.case
    expected = reference.forward("cnn", case.weights, case.inputs)
    (got,) = clean_process.answer(route.runtime, route.artifact, case.inputs)
    limit = {"float32": LIMIT, "int8": 0.05}[route.precision]
    np.testing.assert_allclose(got, expected, rtol=0, atol=limit * np.abs(expected).max())


def test_runtime_process_imports_nothing_of_a_framework(route: Shipped, tmp_path: Path) -> None:
    case = route.case
    one = tmp_path / "one.npy"
    np.save(one, case.inputs[:1])
    alone = copied(route.artifact, tmp_path)  # one file, or one folder, is the whole model
    with Probe("runtime", route.runtime) as runtime:
        loaded = runtime.ok("load", artifact=str(alone), inputs=str(one), threads=1)
        assert loaded["forbidden"] == []
        (answer,) = loaded["first_answer"].values()
        assert len(answer) == 10
        memory = runtime.ok("memory")
    # What the framework itself would hold is 200 MB and more.
    assert memory["resident_bytes"] <= memory["peak_bytes"] < 150e6
    package = MODULES[route.runtime]
    assert memory["libraries"]
    assert all(f"/{package}/" in path for path in memory["libraries"])
    assert memory["library_bytes"] == sum(Path(path).stat().st_size for path in memory["libraries"])
    assert memory["installed_bytes"] > memory["library_bytes"]


def test_other_weights_are_refuted(route: Shipped) -> None:
    case = route.case
    changed = "dense2_bias" if route.precision == "float32" else "dense2_kernel"
    other = {name: np.roll(array, 1, axis=-1) if name == changed else array for name, array in case.weights.items()}
    result = route_proof.proof(
        case, route.runtime, route.artifact, reference.forward("cnn", other, case.inputs).astype(np.float32)
    )
    assert result.outcome == "refuted"
    assert result.message is not None
    assert "differ" in result.message


def test_a_file_is_not_proved_in_a_precision_that_it_has_not(route: Shipped) -> None:
    claimed, reason = ("int8", "it answers as float32 does") if route.precision == "float32" else ("float32", "differ")
    case = replace(route.case, parameters={"precision": claimed})
    expected = reference.forward("cnn", case.weights, case.inputs).astype(np.float32)
    result = route_proof.proof(case, route.runtime, route.artifact, expected)
    assert result.outcome == "refuted"
    assert reason in str(result.message)


def test_a_truncated_file_is_an_error_and_the_channel_lives(route: Shipped, tmp_path: Path) -> None:
    case = route.case
    one = tmp_path / "one.npy"
    np.save(one, case.inputs[:1])
    broken = copied(route.artifact, tmp_path)
    # Of a folder the largest file, which holds the weights.
    file = max(broken.iterdir(), key=size_of) if broken.is_dir() else broken
    whole = file.read_bytes()
    with Probe("runtime", route.runtime) as runtime:
        for share in (0.0, 0.5, 0.999):
            file.write_bytes(whole[: int(share * len(whole))])
            reply = runtime.ask("load", artifact=str(broken), inputs=str(one), threads=1)
            assert reply["outcome"] == "error"
            assert reply["message"]
        runtime.ok("load", artifact=str(route.artifact), inputs=str(one), threads=1)
    with pytest.raises(ProbeError, match=route.runtime):
        clean_process.answer(route.runtime, broken, case.inputs)
