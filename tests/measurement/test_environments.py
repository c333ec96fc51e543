"""Which Python has what, without importing it; environments that recipes have of their own."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from advisor.errors import EXIT_PROBING, AdvisorError
from advisor.measurement import definitions, environments
from advisor.measurement.definitions import CapabilityDefinition, Definitions, FrameworkDefinition, OwnEnvironment
from advisor.measurement.environments import Managed
from advisor.measurement.session.plan import make_plan
from advisor.measurement.session.session import measure
from advisor.measurement.store import Store


def test_a_framework_is_found_with_its_version_or_not(toys: Definitions) -> None:
    found = environments.find(toys.frameworks.values())
    toy, absent = found["toy"], found["absent"]
    assert toy.present
    assert toy.version == toy.packages["numpy"] == metadata.version("numpy")
    assert toy.python == Path(sys.executable)
    assert not absent.present
    assert absent.install == "pip install 'framework-advisor[absent]'"
    assert absent.message is None


def test_another_python_is_asked_itself(toys: Definitions, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no python here >&2\nexit 3\n")
    broken.chmod(0o755)
    found = environments.find(toys.frameworks.values(), {"toy": broken, "tin": tmp_path / "nowhere"})
    assert not found["toy"].present
    assert "no working Python: no python here" in (found["toy"].message or "")
    assert "cannot be run as a Python" in (found["tin"].message or "")
    assert found["glass"].present


def test_no_framework_to_look_for_is_no_work() -> None:
    assert environments.find([]) == {}


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
    python = environments.create(sky)
    asked = [str(python), "-c", "import wings; print(wings.SPAN)"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "11\n"
    assert environments.find([abacus])["abacus"].python_for("capability:fly") == python
    (sky.folder / "advisor-ready").unlink()  # as if the making had been killed
    assert environments.interpreter("sky") is None
    assert environments.remove(sky)
    assert not environments.remove(sky)
    assert not sky.folder.exists()


@pytest.mark.install
def test_what_cannot_be_installed_leaves_nothing_behind() -> None:
    sky = Managed("sky", ("no-such-wings",), (), "")
    with pytest.raises(AdvisorError, match="'sky' could not be made: No matching distribution found") as caught:
        environments.create(sky)
    assert caught.value.exit_code == EXIT_PROBING
    assert "--python sky=PATH" in (caught.value.hint or "")
    assert not sky.folder.exists()


def test_the_same_versions_as_here_are_asked_for() -> None:
    version = metadata.version("numpy").partition("+")[0]
    assert environments._same_versions(["numpy>=1", "no-such-wings", "/some/where/wings-2.0.whl"]) == [
        f"numpy=={version}"
    ]


def test_frameworks_share_an_environment_of_one_name() -> None:
    found = environments.wanted(definitions.shipped())["litert-torch"]
    assert {"torch", "keras", "litert-torch"} <= set(found.packages)
    assert set(found.recipes) >= {"pytorch: capability:route-litert", "keras_pytorch: capability:route-litert"}
    with pytest.raises(AdvisorError, match="no recipe asks for an environment 'litert' — did you mean 'litert-torch'"):
        environments.named("litert", definitions.shipped())


def test_what_nobody_ships_is_taken_up_for_training_or_when_it_is_named() -> None:
    backends = {"keras_tensorflow", "keras_pytorch", "keras_jax"}
    assert not backends & set(make_plan(mode="quick").frameworks)
    assert backends <= set(make_plan(mode="quick", training=True).frameworks)
    assert not backends & set(make_plan(training=True, frameworks=["pytorch"]).frameworks)
    named = make_plan(frameworks=["keras_pytorch"])
    assert set(named.frameworks) == {"keras_pytorch"}
    assert {cell.workload.task for cell in named.cells} == {"inference", "training"}
    left = {each.probe for each in named.skipped if each.kind == "no_recipe" and each.framework == "keras_pytorch"}
    assert "input-pipeline" in left  # a loader is the backend's
    assert {task.route.runtime for task in named.routes} == {"onnxruntime"}
    assert {task.probe for task in named.capabilities} >= {"capability:route-onnxruntime", "capability:route-litert"}
    with pytest.raises(AdvisorError, match="unknown framework 'keras'"):
        make_plan(frameworks=["keras"])


def test_every_environment_that_ships_says_what_it_takes_of_the_disk() -> None:
    sizes = {name: each.size for name, each in environments.wanted(definitions.load()).items()}
    assert sizes == {"litert-torch": "2.2 GB"}
