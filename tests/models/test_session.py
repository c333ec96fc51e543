"""One whole session about a model of one's own: measured, answered, shown, and checked again when it changed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from advisor import paths
from advisor.cli.commands import main
from advisor.measurement.run import Run, load_run

pytestmark = [pytest.mark.frameworks, pytest.mark.integration]

FACTORY = """
import torch

class Gazelle(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Sequential(torch.nn.Linear(64, 256), torch.nn.ReLU(), torch.nn.Linear(256, 10))

    def forward(self, pixels):
        return self.inner(pixels)

def make():
    torch.manual_seed(0)
    return Gazelle(), torch.randn(1, 64)
"""
PROFILE = """
name: small
title: Ship a small network
question: Which runtime should we ship?
ships: edge
require:
  - {criterion: edge-route, is: proved, because: else there is nothing to ship}
prefer:
  ship:
    weight: 100
    criteria:
      edge-latency: {weight: 50, target: 1 us, floor: 1 s, because: people wait}
      artifact-size: {weight: 50, target: 1 kB, floor: 1 MB, because: it is sent to all}
"""
ASKED = ("--profile", "small.yaml", "--model", "gazelle.py:make", "--anonymous")


@dataclass(frozen=True)
class Answered:
    """What one session left: its folder, what it printed, its Run."""

    folder: Path
    output: str
    run: Run


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    pytest.importorskip("torch")
    folder, cache = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("cache")
    # Without the environments that are kept elsewhere: one route less, which falls out and says why.
    for shim in paths.cache().glob("executorch-shim-*.so"):
        shutil.copy(shim, cache)
    (folder / "gazelle.py").write_text(FACTORY, encoding="utf-8")
    (folder / "small.yaml").write_text(PROFILE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("ADVISOR_CACHE", str(cache))
        patch.setenv("XDG_CACHE_HOME", str(cache))
        told = CliRunner().invoke(main, ["recommend", *ASKED, "--quick", "--site", "answer"], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    (file,) = (folder / ".advisor" / "runs").glob("*.json")
    return Answered(folder, told.stdout, load_run(file))


def test_it_is_measured_on_each_route_and_what_falls_out_says_why(answered: Answered) -> None:
    proofs = {
        (each.route, each.parameters["precision"]): each
        for each in answered.run.observations
        if each.route and each.metric is None
    }
    assert {each.workload for each in proofs.values()} == {next(iter(proofs.values())).workload}, "no network of ours"
    for runtime in ("executorch", "onnxruntime"):
        assert proofs[runtime, "float32"].outcome == "proved", proofs[runtime, "float32"].message
        latency = next(each for each in answered.run.observations if each.route == runtime and each.metric == "latency")
        assert latency.summary is not None
    assert proofs["litert", "float32"].outcome == "not_installed"
    assert "PyTorch → LiteRT, float32" in answered.output


def test_the_answer_ends_with_the_commands_and_has_a_page(answered: Answered) -> None:
    assert "advisor export --model MODEL --route " in answered.output
    assert "advisor check --profile small.yaml --model MODEL" in answered.output
    page = (answered.folder / "answer" / "model.html").read_text(encoding="utf-8")
    assert "batch × 64" in page
    assert 'id="fig-front"' in page


def test_its_name_is_nowhere(answered: Answered) -> None:
    written = [*answered.folder.rglob("answer/**/*"), *answered.folder.rglob(".advisor/**/*.json")]
    for file in (each for each in written if each.is_file()):
        assert "gazelle" not in file.read_text(encoding="utf-8", errors="ignore").lower(), file
    assert "gazelle" not in answered.output.lower()


def test_a_changed_model_is_noticed(answered: Answered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(answered.folder)
    file = answered.folder / "gazelle.py"
    file.write_text(FACTORY.replace("256", "128"), encoding="utf-8")
    told = CliRunner().invoke(main, ["check", *ASKED, "--expect", "pytorch"])
    assert told.exit_code == 1
    (line,) = told.stdout.splitlines()
    assert "has changed" in line
    assert "advisor recommend --profile small.yaml --model MODEL --anonymous" in line
    file.write_text(FACTORY, encoding="utf-8")
    told = CliRunner().invoke(main, ["check", *ASKED, "--expect", "pytorch", "--min-confidence", "0.1"])
    assert (told.exit_code, told.stdout.partition(":")[0]) == (0, "Holds"), told.output
