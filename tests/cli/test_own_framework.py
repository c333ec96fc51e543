"""A framework that nobody here knows, from a folder outside: through probe, recommend, site, report and compare."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from advisor.cli.commands import main
from advisor.measurement.run import load_run

pytestmark = pytest.mark.integration

OPTION = ("--frameworks-folder", "ours")
FILES = {
    # A network and a workload of one's own, a capability with its recipe, and a route with its runtime.
    "networks/sliver.yaml": """\
id: sliver
title: Sliver
what: One dense layer.
kind: tabular
inputs:
- {name: x, shape: [16], dtype: float32}
nodes:
- {id: dense1, op: dense, attrs: {units: 4}}
""",
    "workloads.yaml": """\
- {probe: sliver-inference, title: Sliver inference, workload: sliver, task: inference, batches: [1], what: One layer.}
""",
    "capabilities/beads.yaml": """\
id: beads
title: Beads
question: Does it have beads?
why: An abacus has.
proof: It shows ten.
""",
    "abax/beads.py": """\
from probes.demands import judged


def run(case):
    return judged({"it shows ten": True}, beads=10)
""",
    "routes/paper.yaml": """\
id: route:paper
runtime: paper
title: Paper
ships: [edge, server]
distribution: numpy
question: Can the network be written down?
why: Paper needs no power.
proof: What reads it gives the same answers.
""",
    "runtimes/paper.py": """\
import numpy as np

from probes.runtimes import Slot

DISTRIBUTION = PACKAGE = "numpy"


class Model:
    def __init__(self, artifact, threads):
        with np.load(artifact) as stored:
            self._stored = {name: stored[name] for name in stored.files}
        self.inputs = (Slot("x", "float32", (None, 32, 32, 1)),)
        self.outputs = (Slot("scores", "float32", (None, 10)),)

    def __call__(self, inputs):
        from probes import reference

        return (reference.forward("cnn", self._stored, inputs).astype(np.float32),)
""",
    "abax/route_paper.py": """\
import numpy as np

from probes import reference, route_proof
from probes.channel import ProbeError


def run(case):
    if case.parameters["precision"] != "float32":
        raise ProbeError("not_supported", "paper has no small letters")
    artifact = route_proof.artifact(case, ".npz")
    np.savez(artifact, **case.weights)
    return route_proof.proof(case, "paper", artifact, reference.forward("cnn", case.weights, case.inputs))
""",
    "criteria.yaml": """\
criteria:
  - id: beads
    title: Beads
    question: Does it have beads?
    why: An abacus has.
    wins: has beads
    measures: beads
    stage: training
    levels: [not proved, proved]
    evidence:
      - measured: {probe: capability:beads}
  - id: sliver-latency
    title: A sliver's time
    question: How long does one layer take?
    why: It is what we ship.
    wins: is faster with one layer
    measures: sliver
    stage: training
    unit: s
    better: lower
    evidence:
      - measured: {probe: sliver-inference, workload: sliver, setting: out-of-the-box, metric: latency,
                   parameters: {batch: 1}}
""",
    "sources.yaml": "sources:\n  - {id: abax-letter, title: A letter, publisher: The makers of the Abax}\n",
    "systems.yaml": """\
systems:
  - {id: abax-shop, name: Abax Shop, belongs_to: abax, kind: hub, role: Sells beads., status: active,
     says: It is open., source: abax-letter, checked_on: 2026-11-30}
""",
    "facts.yaml": """\
facts:
  - id: abax-maintained
    subject: abax
    key: maintenance
    statement: The Abax gets a new bead every year.
    level: active
    valid_from: 2026-01-01
    source: abax-letter
    checked_on: 2026-11-30
    confidence: high
""",
}
PROFILE = """\
name: counting
title: Count with beads
question: What do we count with?
prefer:
  ours:
    weight: 100
    criteria:
      beads: {weight: 30, target: proved, floor: not proved, because: we count with them}
      sliver-latency: {weight: 30, target: 1 us, floor: 1 s, because: it is what we ship}
      framework-maintenance: {weight: 40, target: active, floor: archived, because: beads wear out}
team: {knows: abax, size: 2, code: 500 lines}
"""


def advisor(*arguments: str, code: int = 0) -> str:
    """Run a command and return what it printed."""
    result = CliRunner().invoke(main, arguments, catch_exceptions=False, standalone_mode=False)
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a project with such a framework, and one session of it."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("project")
        patch.chdir(home)
        patch.setenv("ADVISOR_CACHE", str(home / "cache"))
        patch.setenv("COLUMNS", "160")
        advisor("framework", "new", "abax", "--title", "The Abax", "-o", "ours")
        for name, text in FILES.items():
            file = home / "ours" / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        yaml = home / "ours" / "abax" / "framework.yaml"
        yaml.write_text(yaml.read_text(encoding="utf-8") + "routes: [paper]\n", encoding="utf-8")
        (home / "counting.yaml").write_text(PROFILE, encoding="utf-8")
        advisor("framework", "check", "ours")
        only = ("--only", "sliver*,mlp-training,capability:beads,route:paper,environment")
        advisor("probe", "--quick", "--threads", "1", "--framework", "abax", *only, *OPTION, "-o", "run.json")
        yield home


def test_what_it_brings_is_measured_and_proved(place: Path) -> None:
    run = load_run(place / "run.json")
    found = {(each.probe, each.metric): each.outcome for each in run.observations if each.route is None}
    assert found["sliver-inference", "latency"] == found["mlp-training", "latency"] == "measured"
    assert found["capability:beads", None] == "proved"
    routes = {each.parameters["precision"]: each.outcome for each in run.observations if each.route and not each.metric}
    assert routes == {"float32": "proved", "int8": "not_supported"}


def test_it_is_recommended_by_its_own_criteria_and_facts_on_a_site_of_its_own_color(place: Path) -> None:
    told = advisor("recommend", "--profile", "counting.yaml", "--run", "run.json", "--site", "site", *OPTION)
    assert "The Abax" in told
    told = advisor("evidence", "--profile", "counting.yaml", "--run", "run.json", "--format", "json", *OPTION)
    cells = {each["criterion"]: each for each in json.loads(told) if each["framework"] == "abax"}
    assert cells["beads"]["text"] == "proved"
    assert cells["framework-maintenance"]["provenance"] == "documented"
    assert cells["sliver-latency"]["provenance"] == "measured here"
    page = next((place / "site").glob("profile-*.html")).read_text(encoding="utf-8")
    (hue,) = set(re.findall(r'class="fw fw-(\w+)">The Abax', page))
    assert hue in ("teal", "olive", "steel", "brown")
    assert "A letter" in page


def test_every_command_respects_the_folder(place: Path) -> None:
    assert "beads" in advisor("evidence", "--profile", "counting.yaml", "--run", "run.json", *OPTION, "--format", "csv")
    asked = ("--profile", "counting.yaml", "--run", "run.json")
    advisor("check", *asked, "--expect", "abax", "--min-confidence", "0.1", *OPTION)
    advisor("report", "--profile", "counting.yaml", "--run", "run.json", "--output", "report.md", *OPTION)
    assert "The Abax" in (place / "report.md").read_text(encoding="utf-8")
    assert "abax" in advisor("compare", "run.json", "run.json", "--format", "csv")
    assert "Abax Shop" in advisor("systems", "abax-shop", *OPTION)
    assert "- The Abax: numpy" in advisor("doctor", "--watch", "0", *OPTION)


def test_a_project_may_name_the_folder_for_good(place: Path) -> None:
    (place / "pyproject.toml").write_text('[tool.advisor]\nframeworks-folders = ["ours"]\n', encoding="utf-8")
    try:
        advisor("profile", "check", "counting.yaml")
        assert "beads" in advisor("profile", "criteria", "beads")
    finally:
        (place / "pyproject.toml").unlink()
    with pytest.raises(Exception, match="unknown framework 'abax'"):
        advisor("profile", "check", "counting.yaml")
