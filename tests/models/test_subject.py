"""A model of the user's in a session: what it is called, what it can go through, and who proves it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from advisor.cli.commands import main
from advisor.cli.descriptions import Description
from advisor.cli.options import Question
from advisor.errors import AdvisorError
from advisor.measurement.session.plan import make_plan
from advisor.models import kinds, reader
from advisor.models import subject as subjects
from advisor.models.commands import Content, Input, Output, Told
from advisor.models.reader import Request

pytestmark = pytest.mark.filterwarnings("ignore")
FACTORY = """
import torch

def make():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.ReLU(), torch.nn.Linear(4, 3)), torch.randn(1, 6)
"""


@pytest.fixture
def request_of(tmp_path: Path) -> Request:
    file = tmp_path / "camera.py"
    file.write_text(FACTORY)
    return Request(kinds.source(f"{file}:make"))


def told(framework: str, shape: list[int | str | None]) -> Told:
    return Told(
        lacking=[], framework=framework, inputs=[Input(name="x", dtype="float32", shape=shape)],
        outputs=[Output(name="output", dtype="float32", shape=[1, 3])],
        content=Content(kind="PyTorch module", parameters=43, macs=36),
    )  # fmt: skip


def test_a_session_is_given_its_routes_and_no_other_frameworks(
    request_of: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "read", lambda *_: told("pytorch", ["batch", 6]))
    found, _ = subjects.subject_of(request_of, tmp_path)
    assert found.spec == request_of.source.name
    assert (found.quantities.weights, found.quantities.prediction) == (43, 72)
    assert found.takes("pytorch", "executorch") is None
    assert found.takes("tensorflow") == "camera.py:make is a model of PyTorch"
    plan = make_plan(mode="quick", frameworks=["pytorch"], subjects=[found])
    mine = {(route.route.runtime, route.precision) for route in plan.routes if route.workload == found.spec}
    assert {("executorch", "int8"), ("litert", "float32"), ("onnxruntime", "int8")} <= mine
    assert [(each.name, each.shape) for each in found.inputs] == [("x", ("batch", 6))]
    assert [each.name for each in found.outputs] == ["output"]
    handed = json.loads((tmp_path / "model.json").read_text())
    assert handed["spec"] == found.spec
    assert found.variables["ADVISOR_MODEL"] == str(tmp_path / "model.json")


def test_without_its_name_nothing_of_it_is_told(
    request_of: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "read", lambda *_: told("pytorch", ["batch", 6]))
    found, _ = subjects.subject_of(request_of, tmp_path, anonymous=True)
    assert found.spec == f"model-{request_of.source.digest[:8]}"
    said = {found.title, found.spec, *found.refusals.values()}
    assert not any("camera" in each or "make" in each.replace("makes", "") for each in said)


def test_an_exporter_that_stops_names_no_code_of_an_unnamed_model() -> None:
    from probes.models import handover

    body = {
        "outcome": "not_supported", "message": "CameraNet in /home/me/camera.py: no kernel",
        "proof": {"operator": "aten::fft_fft", "where": "camera.py:12", "message": "CameraNet"},
    }  # fmt: skip
    found = handover._nameless(body, {"path": "/home/me/camera.py"})
    assert found["proof"] == {"operator": "aten::fft_fft", "where": "line 12 of its file"}
    assert found["message"] == "the exporter stops at aten::fft_fft (its words are left out)"
    differs = {"outcome": "refuted", "message": "asked 3 at once, output boxes: the answers differ"}
    assert handover._nameless(differs, {"path": "/home/me/camera.py"})["message"] == differs["message"]


@pytest.mark.parametrize(
    ("framework", "shape", "says"),
    [("onnx", ["batch", 6], "holds no training code"), ("pytorch", [7, 6], "has no batch as its first dimension")],
)
def test_what_no_session_can_compare_is_told_with_what_can_be_done(
    request_of: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, framework: str, shape: Any, says: str
) -> None:
    monkeypatch.setattr(reader, "read", lambda *_: told(framework, shape))
    with pytest.raises(AdvisorError, match=says) as error:
        subjects.subject_of(request_of, tmp_path)
    assert "advisor model check" in str(error.value.hint)


@pytest.mark.frameworks
def test_the_worker_of_its_framework_proves_it_in_place_of_a_network(
    request_of: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("openvino")
    from probes import feeds
    from probes.models import handover

    found, _ = subjects.subject_of(request_of, tmp_path)
    monkeypatch.setenv(handover.VARIABLE, str(tmp_path / "model.json"))
    assert handover.of("resnet8") is None
    mine = handover.of(found.spec)
    assert mine is not None
    (tmp_path / "route").mkdir()
    body = handover.proved(mine, "route:openvino", "float32", tmp_path / "route")
    assert body["outcome"] == "proved", body
    assert body["proof"]["takes"] == {"input": ["batch"]}
    assert feeds.load(Path(body["proof"]["sample"]))["input"].shape == (1, 6)


@pytest.mark.frameworks
def test_a_question_takes_what_model_check_takes(tmp_path: Path) -> None:
    """The options arrive: an input that the model has not, labels that are too few, nothing to describe."""
    pytest.importorskip("torch")
    file, samples, labels = tmp_path / "camera.py", tmp_path / "samples.npy", tmp_path / "labels.npy"
    file.write_text(FACTORY)
    np.save(samples, np.zeros((8, 6), np.float32))
    np.save(labels, np.zeros(3, np.int64))
    model = ("--model", f"{file}:make")
    for words, said in (
        ((*model, "--samples", str(samples), "--labels", str(labels)), "--labels: 3 labels for 8 samples"),
        ((*model, "--labels", str(labels)), "--labels are the classes of --samples, which were not given"),
        (("--samples", str(samples)), "--samples describes a file of yours after --model, and there is none"),
    ):
        result = CliRunner().invoke(main, ["recommend", "--profile", "edge", *words])
        assert (result.exit_code, said in result.output) == (2, True), result.output
    asked = Question("edge", model="camera.py:make", description=Description(inputs=("x=float32[batch,6]",)))
    assert asked.naming() == ["--model", "camera.py:make", "--input", "x=float32[batch,6]"]
