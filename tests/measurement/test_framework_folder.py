"""The contract of a framework's folder: what is written fulfils it, and each mistake is named at its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from advisor import resources
from advisor.errors import AdvisorError
from advisor.measurement import definitions, framework_folder
from probes import interface


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that `new` wrote."""
    return framework_folder.new("abax", tmp_path_factory.mktemp("ours"), "The Abax")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder, to spoil."""
    return Path(shutil.copytree(whole, tmp_path / "abax"))


def test_what_is_written_fulfils_the_contract_and_is_defined(whole: Path) -> None:
    assert framework_folder.mistakes(whole) == framework_folder.mistakes(whole.parent) == []
    assert definitions.load(folders=[whole.parent]).frameworks["abax"].title == "The Abax"


@pytest.mark.parametrize("name", [*definitions.frameworks(), *definitions.extras()])
def test_what_is_shipped_fulfils_the_contract(name: str) -> None:
    assert framework_folder.mistakes(resources.probes() / "frameworks" / name) == []


def test_the_contract_is_the_one_that_a_worker_checks() -> None:
    needed = {name: part.takes for name, part in interface.PARTS.items() if part.needed}
    assert {name for name, takes in needed.items() if takes is None} == set(framework_folder.VALUES)
    assert {name: takes for name, takes in needed.items() if takes is not None} == framework_folder.FUNCTIONS


MISTAKES = [
    ("framework.yaml", "id: abax", "id: abaks", "framework.yaml:3:5: the folder is called 'abax'"),
    ("framework.yaml", "module:", "modul:", "framework.yaml:5:1: unknown key 'modul' — did you mean 'module'"),
    (
        "framework.yaml",
        "packages:",
        "routes: [onnxruntme]\npackages:",
        "no route is called 'onnxruntme'",
    ),
    ("framework.yaml", "packages:", "routes: [litert]\npackages:", "there is no route_litert.py that exports"),
    ("framework.yaml", "packages:", "recipes: kera\npackages:", "no folder 'kera'"),
    ("framework.yaml", "out-of-the-box:", "best-known:", "training.py:34:13: framework.yaml has no setting 'out-of"),
    ("describe.py", "DISTRIBUTION =", "DISTRIBUTON =", "'DISTRIBUTION' is missing — did you mean 'DISTRIBUTON'"),
    ("describe.py", "def devices() ", "def devices(kind: str) ", "devices takes (kind); expected a function without"),
    ("describe.py", 'PACKAGES = ("numpy",)', 'PACKAGES = ("scipy",)', "describe.py:6:1: PACKAGES is ('scipy',), and"),
    ("describe.py", 'MODULES = ("numpy",)', 'MODULES = ("scipy",)', "MODULES lacks 'numpy'"),
    ("describe.py", "DISTRIBUTION =", "import numpy\nDISTRIBUTION =", "imports 'numpy' before it is timed"),
    ("describe.py", "return {}", "return {", "describe.py:21:12: not valid Python"),
    ("inference.py", "SETTINGS = {", "SETINGS = {", "'SETTINGS' is missing — did you mean 'SETINGS'"),
    ("inference.py", "(as_written,)}", "(as_writen,)}", "'as_writen' is missing — did you mean 'as_written'"),
    (
        "inference.py",
        "def as_written(case: Case)",
        "def as_written()",
        "as_written takes (); expected a function",
    ),
    ("models.py", "import numpy as np", "import advisor.api", "models.py:9:1: imports 'advisor.api'"),
]


@pytest.mark.parametrize(("name", "right", "wrong", "told"), MISTAKES, ids=[each[3] for each in MISTAKES])
def test_a_mistake_is_named_at_its_place(folder: Path, name: str, right: str, wrong: str, told: str) -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    found = framework_folder.mistakes(folder)
    assert any(told in line for line in found), found
    assert all(line.startswith((str(folder), " ")) for line in found)


def test_recipes_that_would_never_be_run_are_found(folder: Path) -> None:
    recipe = "def run(case): ...\n"
    for name in ("checkpiont.py", "route_paper.py", "helper.py"):
        (folder / name).write_text(recipe, encoding="utf-8")
    (folder / "custom_gradient.py").write_text("def prove(case): ...\n", encoding="utf-8")
    found = "\n".join(framework_folder.mistakes(folder))
    assert "checkpiont.py:1:1: would never be run: it answers no capability — did you mean 'checkpoint.py'?" in found
    assert "route_paper.py:1:1: would never be run: 'paper' is not among the routes" in found
    assert "custom_gradient.py:1:1: 'run' is missing; expected a function of the case that returns a Proof" in found
    assert "helper.py" not in found


def test_a_route_of_ones_own_needs_its_runtime(folder: Path) -> None:
    (folder.parent / "routes").mkdir()
    text = (resources.probes() / "routes" / "litert.yaml").read_text(encoding="utf-8")
    (folder.parent / "routes" / "paper.yaml").write_text(text.replace("runtime: litert", "runtime: paper"), "utf-8")
    found = "\n".join(framework_folder.mistakes(folder))
    assert "paper.yaml:1:1: the route ships to 'paper', and there is no" in found


def test_nothing_is_written_over(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="something of this name already"):
        framework_folder.new("abax", whole.parent)
    with pytest.raises(AdvisorError, match="advisor has a framework of this name"):
        framework_folder.new("pytorch", tmp_path)
    with pytest.raises(AdvisorError, match="expected a name of lower-case letters"):
        framework_folder.new("../abax", tmp_path)
    with pytest.raises(AdvisorError, match="no framework is defined there"):
        framework_folder.mistakes(tmp_path)
