"""Environments for recipes whose packages do not go together with the others': made, found, used, removed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from advisor.errors import EXIT_PROBING, AdvisorError
from advisor.measurement import definitions, environments, venvs
from advisor.measurement.definitions import CapabilityDefinition, FrameworkDefinition, OwnEnvironment
from advisor.measurement.session.plan import make_plan
from advisor.measurement.session.session import measure
from advisor.measurement.store import Store
from advisor.measurement.venvs import Managed

pytestmark = pytest.mark.integration

UNRULY = Path(__file__).parent / "data" / "unruly"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # what is not here cannot be downloaded


@pytest.fixture
def abacus() -> FrameworkDefinition:
    own = OwnEnvironment(recipes=("capability:fly",), packages=("wings", "numpy>=1"), why="they are heavy")
    return FrameworkDefinition(
        id="abacus", title="Abacus", module="json", distribution="numpy", install="pip install abacus",
        environments={"sky": own},
    )  # fmt: skip


def wheel(folder: Path) -> Path:
    """Write a distribution of one module that can be installed without an index."""
    file = folder / "wings-2.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("wings.py", "SPAN = 11\n")
        home = "wings-2.0.dist-info"
        archive.writestr(f"{home}/METADATA", "Metadata-Version: 2.1\nName: wings\nVersion: 2.0\n")
        archive.writestr(f"{home}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{home}/RECORD", "")
    return file


def test_a_recipe_says_what_would_make_its_environment(abacus: FrameworkDefinition) -> None:
    found = environments.find([abacus])["abacus"]
    assert found.python_for("capability:fly") == found.python
    assert found.mend["capability:fly"] == "advisor env create sky"


def test_a_named_environment_is_taken_for_its_recipes_only(abacus: FrameworkDefinition, tmp_path: Path) -> None:
    found = environments.find([abacus], {"sky": tmp_path / "python"})["abacus"]
    assert found.python_for("capability:fly") == tmp_path / "python"
    assert found.python_for("capability:swim") == found.python == Path(sys.executable)
    assert found.mend["capability:fly"] == f"{tmp_path / 'python'} -m pip install wings 'numpy>=1'"


@pytest.mark.alone
@pytest.mark.usefixtures("quiet")
def test_a_session_runs_a_recipe_in_its_environment_and_says_with_what(tmp_path: Path) -> None:
    known = definitions.load(folders=[UNRULY])
    own = OwnEnvironment(recipes=("capability:well", "capability:lacks"), packages=("wings",), why="they are heavy")
    framework = known.frameworks["unruly"].model_copy(update={"environments": {"sky": own}})
    asked = {
        name: CapabilityDefinition(id=name, title=name, question="?", why=".", proof=".")
        for name in ("lacks", "shouts", "well")
    }
    known = replace(known, frameworks={"unruly": framework}, capabilities=asked)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/started\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    plan = make_plan(definitions=known, only=["capability:*"])
    run = measure(plan, store=Store(tmp_path / "runs"), pythons={"sky": python}, threads=1)
    found = {each.probe.partition(":")[2]: each for each in run.observations if each.probe.startswith("capability:")}
    assert (tmp_path / "started").read_text().count("framework unruly") == 2  # and not the third, nor the framework
    assert (found["well"].outcome, found["shouts"].outcome) == ("proved", "proved")
    assert (found["well"].how or "").startswith("in an environment of its own: ")
    assert found["shouts"].how is None
    assert found["lacks"].outcome == "not_installed"
    assert (found["lacks"].message or "").endswith(f": {python} -m pip install wings")


@pytest.mark.install
def test_it_is_made_found_and_removed(abacus: FrameworkDefinition, tmp_path: Path) -> None:
    sky = Managed("sky", (str(wheel(tmp_path)),), ("abacus: capability:fly",), "they are heavy")
    python = venvs.create(sky)
    asked = [str(python), "-c", "import wings; print(wings.SPAN)"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "11\n"
    assert environments.find([abacus])["abacus"].python_for("capability:fly") == python
    (sky.folder / "advisor-ready").unlink()  # as if the making had been killed
    assert venvs.python("sky") is None
    assert venvs.remove(sky)
    assert not venvs.remove(sky)
    assert not sky.folder.exists()


@pytest.mark.install
def test_what_cannot_be_installed_leaves_nothing_behind() -> None:
    sky = Managed("sky", ("no-such-wings",), (), "")
    with pytest.raises(AdvisorError, match="'sky' could not be made: No matching distribution found") as caught:
        venvs.create(sky)
    assert caught.value.exit_code == EXIT_PROBING
    assert "--python sky=PATH" in (caught.value.hint or "")
    assert not sky.folder.exists()


def test_the_same_versions_as_here_are_asked_for() -> None:
    version = metadata.version("numpy").partition("+")[0]
    assert venvs._same_versions(["numpy>=1", "no-such-wings", "/some/where/wings-2.0.whl"]) == [f"numpy=={version}"]


def test_frameworks_share_an_environment_of_one_name() -> None:
    found = venvs.wanted(definitions.shipped())["litert-torch"]
    assert {"torch", "keras", "litert-torch"} <= set(found.packages)
    assert set(found.recipes) >= {"pytorch: capability:route-litert", "keras_pytorch: capability:route-litert"}
    with pytest.raises(AdvisorError, match="no recipe asks for an environment 'litert' — did you mean 'litert-torch'"):
        venvs.named("litert", definitions.shipped())


def test_an_extra_is_taken_up_when_it_is_named() -> None:
    assert "keras_pytorch" not in make_plan(mode="quick").frameworks
    named = make_plan(frameworks=["keras_pytorch"])
    assert set(named.frameworks) == {"keras_pytorch"}
    assert not named.cells  # PyTorch computes, and is measured itself
    assert {task.route.runtime for task in named.routes} == {"onnxruntime"}
    assert {task.probe for task in named.capabilities} == {"capability:route-onnxruntime", "capability:route-litert"}
    with pytest.raises(AdvisorError, match="unknown framework 'keras'"):
        make_plan(frameworks=["keras"])
