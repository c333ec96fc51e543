"""The options of a session, and the project's own: frameworks from a folder of its own, run for real."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advisor import api
from advisor.cli import main
from advisor.errors import AdvisorError
from advisor.measurement import options
from advisor.measurement.options import SessionKeywords, SessionOptions
from advisor.measurement.run import Run, load_run


def test_keywords_are_the_fields() -> None:
    assert set(SessionKeywords.__annotations__) == {each.name for each in fields(SessionOptions)}


def test_an_unknown_keyword_is_refused_although_nothing_is_measured() -> None:
    given = {"tempo": "quick"}
    with pytest.raises(TypeError, match="tempo"):
        api.recommend("edge", run="none.json", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"budget": float("nan")}, {"threads": 0}, {"seed": -1}])
def test_a_number_that_no_option_takes_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(AdvisorError, match=next(iter(options))):
        api.probe(SessionOptions(**options))  # type: ignore[arg-type]


pytestmark = pytest.mark.integration

# All that somebody writes who brings a framework: NumPy, with a capability of its own and one that advisor ships.
FILES = {
    "abacus/framework.yaml": """
id: abacus
title: Abacus
module: numpy
distribution: numpy
install: pip install numpy
packages: [numpy]
""",
    "abacus/__init__.py": "",
    "abacus/describe.py": '''
import numpy as np

DISTRIBUTION = "numpy"
PACKAGES = ("numpy",)
MODULES = ("numpy",)


def environment(threads):
    return {"OPENBLAS_NUM_THREADS": str(threads)}


def configure(threads):
    pass


def settings():
    return {}


def devices():
    return ["cpu"]


def version():
    return np.__version__
''',
    "abacus/dynamic_control_flow.py": '''
from probes import constructs
from probes.demands import judged


def run(case):
    verdicts = constructs.judge(lambda name: constructs.REFERENCE[name])
    return judged({f"{name} is right": verdict == "right" for name, verdict in verdicts.items()}, **verdicts)
''',
    "abacus/adds.py": '''
import numpy as np

from probes.proof import close


def run(case):
    return close(np.ones(2) + np.ones(2), np.full(2, 2.0))
''',
    "capabilities/adds.yaml": """
id: adds
title: Adds
question: Does it add?
why: To count.
proof: One and one is two.
outcomes: {refuted: It is not two.}
""",
}  # fmt: skip
WANTED = ("--only", "capability:adds", "--only", "capability:dynamic-control-flow", "--framework", "abacus")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of somebody else's, with a folder of frameworks."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path / "cache"))
    for name, text in FILES.items():
        file = tmp_path / "ours" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def call(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["probe", *arguments, "--output", "run.json"], prog_name="advisor")
    assert result.exit_code == code, result.output
    return result


def proved(run: Run) -> dict[str, str]:
    return {each.probe: each.outcome for each in run.observations if each.framework == "abacus" and each.proof}


BOTH = {"capability:adds": "proved", "capability:dynamic-control-flow": "proved"}


def test_an_option_names_a_folder_of_frameworks(here: Path) -> None:
    call(*WANTED, "--frameworks-folder", "ours")
    run = load_run(here / "run.json")
    assert proved(run) == BOTH
    assert set(run.frameworks) == {"abacus"}
    assert run.frameworks["abacus"].version


def test_the_project_s_configuration_names_it_for_good(here: Path) -> None:
    (here / "pyproject.toml").write_text('[tool.other]\nkey = 1\n[tool.advisor]\nframeworks-folders = ["ours"]\n')
    call(*WANTED)
    assert proved(load_run(here / "run.json")) == BOTH


def test_without_either_the_framework_is_unknown(here: Path) -> None:
    assert "unknown framework 'abacus'" in call(*WANTED, code=2).output


def test_its_outcome_is_shown_beside_those_of_the_others(here: Path) -> None:
    from advisor.report.publications import matrix

    call(*WANTED, "--frameworks-folder", "ours")
    rows = {row.id: row.outcomes for row in matrix(load_run(here / "run.json")).capabilities}
    assert rows["adds"]["abacus"] == "proved"
    assert rows["dynamic-control-flow"]["abacus"] == "proved"
    assert rows["dynamic-control-flow"]["pytorch"] == "not_run"
    assert rows["checkpoint"]["abacus"] == "no_recipe"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool.advisor\n", "pyproject.toml: not valid TOML"),
        ("[tool]\nadvisor = 1\n", r"expected \[tool.advisor\] to be a table"),
        ("[tool.advisor]\nframework-folders = []\n", "unknown key 'framework-folders' .* mean 'frameworks-folders'"),
        ('[tool.advisor]\nframeworks-folders = "ours"\n', "to be a list of paths"),
        ('[tool.advisor]\nframeworks-folders = ["theirs"]\n', "theirs: no framework and no capability is defined"),
    ],
)
def test_a_mistake_in_the_configuration_is_said_in_a_line(here: Path, text: str, says: str) -> None:
    (here / "pyproject.toml").write_text(text)
    with pytest.raises(AdvisorError, match=says) as caught:
        options.configured_definitions()
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.message


def test_folders_are_named_from_where_the_configuration_lies(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "pyproject.toml").write_text(f"[tool.advisor]\nframeworks-folders = {json.dumps(['ours'])}\n")
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")
    assert options.configured_definitions() is None
    found = options.configured_definitions(project=here)
    assert found is not None
    assert found.homes["abacus"] == here / "ours"
