"""The page of the model that was asked about: its signature, its routes in each precision, pictures, what fell out."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.api import build_site
from advisor.cli.commands import main
from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.measurement.run import Observation, Run
from advisor.profiles.profile import load_profile
from advisor.report import consoles, terminal
from advisor.signature import Tensor
from tests.decision.test_about_model import MODEL, reference, with_networks
from tests.report.html import Element, read

OBSTACLE = {"operator": "aten::fft_fft", "where": "camera.py:12", "message": "no kernel"}
WORDS = ("--model", "src/camera.py:make")


def proofs() -> Iterator[Observation]:
    """Yield the proofs of a model with two outputs; one of its routes fell out in int8."""
    for each in reference().observations:
        if not each.route or each.workload != "cnn" or each.metric is not None or each.outcome != "proved":
            continue
        int8 = each.parameters["precision"] == "int8"
        rms = 0.05 if int8 else 2e-7
        outputs = {
            name: {"max_relative_error": rms * part, "relative_rms": rms * part}
            for name, part in (("boxes", 1.0), ("scores", 0.5))
        }
        proof = {"max_relative_error": rms, "relative_rms": rms, "outputs": outputs}
        known = each.model_copy(update={"workload": "mobilenetv2", "proof": proof})
        if int8 and (each.framework, each.route) == ("pytorch", "onnxruntime"):
            lost = {"outcome": "not_supported", "message": "no kernel for <fft>", "proof": OBSTACLE}
            known = known.model_copy(update=lost)
        yield known


def run_of_model() -> Run:
    found = with_networks(mobilenetv2=20.0)
    return found.model_copy(update={"observations": (*found.observations, *proofs())})


def answer(run: Run) -> Recommendation:
    outputs = (Tensor(name="boxes", dtype="float32", shape=("batch", 4)), Tensor(name="scores", dtype="float32"))
    own = replace(MODEL, title="camera.py:make", words=WORDS, own=True, outputs=outputs)
    return decide(run, replace(load_profile("edge"), model=own), samples=300)


@pytest.fixture(scope="module")
def told() -> Recommendation:
    return answer(run_of_model())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, told: Recommendation) -> Path:
    where = tmp_path_factory.mktemp("model")
    build_site(run_of_model(), where, recommendations=[told])
    return where


def table(page: Element, kind: str) -> list[list[str]]:
    found = next(each for each in page.find("table") if kind in each.classes)
    rows = [
        [" ".join(cell.text.split()) for cell in row.walk() if cell.name in ("th", "td")] for row in found.find("tr")
    ]
    return rows[1:]


def test_what_it_takes_and_gives_is_told_with_its_size(folder: Path) -> None:
    page = read(folder / "model.html")
    assert table(page, "inputs") == [["image", "float32", "batch × 224 × 224 × 3", "-1 to 1"]]
    assert [row[0] for row in table(page, "outputs")] == ["boxes", "scores"]
    assert "camera.py:make" in page.one("h1").text


def test_every_route_has_its_figures_in_each_precision(folder: Path, told: Recommendation) -> None:
    rows = {row[0]: row for row in table(read(folder / "model.html"), "artifacts")}
    stacks = {(each.framework, each.route) for each in proofs()}
    assert len(rows) == 2 * len(stacks)
    whole = next(row for name, row in rows.items() if "ExecuTorch" in name and "float32" in name)
    small = next(row for name, row in rows.items() if "ExecuTorch" in name and "int8" in name)
    assert whole[1:4] == ["proved", "2·10⁻⁷", "2·10⁻⁷"]
    assert small[3].startswith("5.0")
    assert all(cell != "–" for cell in small[4:]), "bytes, cold start, latency, memory"


def test_int8_is_told_output_by_output(folder: Path) -> None:
    rows = table(read(folder / "model.html"), "int8-outputs")
    assert {row[1] for row in rows} == {"boxes", "scores"}
    assert {row[2][:3] for row in rows} == {"5.0", "2.5"}


def test_what_fell_out_is_told_with_operator_and_place(folder: Path, told: Recommendation) -> None:
    (row,) = table(read(folder / "model.html"), "fallen")
    assert row[1:] == ["not supported", "aten::fft_fft", "camera.py:12", "no kernel for <fft>"]
    console = consoles.answers("never")
    with console.capture() as printed:
        terminal.answer(told, run_of_model(), console)
    text = " ".join(printed.get().split())
    assert "Routes that camera.py:make does not go through" in text
    assert "PyTorch → ONNX Runtime, int8: aten::fft_fft at camera.py:12: no kernel for <fft>" in text


def test_the_commands_to_ship_it_end_the_answer(folder: Path, told: Recommendation) -> None:
    assert told.answer is not None
    ship = next(each for each in told.steps if each.kind == "ship")
    expected = (
        f"advisor export --model src/camera.py:make --route {told.answer.route} -o mobilenetv2-{told.answer.route}"
    )
    assert ship.command == expected
    assert any(
        each.command and f"check --profile edge {' '.join(WORDS)} --expect" in each.command for each in told.steps
    )
    assert expected in read(folder / "model.html").text
    with main.commands["export"].make_context("export", shlex.split(expected)[2:]) as understood:
        assert understood.params["only"] == (told.answer.route,)


@pytest.mark.parametrize("name", ["front", "bytes"])
def test_a_picture_has_its_table_and_specification(folder: Path, name: str) -> None:
    page = read(folder / "model.html")
    figure = next(each for each in page.find("figure") if each.attributes.get("id") == f"fig-{name}")
    assert figure.find("table")
    spec = json.loads((folder / f"model-fig-{name}.json").read_text(encoding="utf-8"))
    rows = next(iter(spec["datasets"].values()))
    assert len(rows) == 2 * len({(each.framework, each.route) for each in proofs()}) - 1, "what fell out is not drawn"


def test_the_menu_and_the_answer_lead_to_it(folder: Path) -> None:
    for name in ("index.html", "profile-edge.html"):
        assert 'href="model.html"' in (folder / name).read_text(encoding="utf-8"), name


def test_without_figures_of_it_the_page_says_so(tmp_path: Path) -> None:
    build_site(reference(), tmp_path, recommendations=[answer(reference())])
    page = read(tmp_path / "model.html")
    assert "The Run has nothing of this model" in page.text
    assert not page.find("figure")
