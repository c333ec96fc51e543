"""The built wheel, in an empty environment and from another folder, does what the checkout does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from advisor.measurement.run import save_run
from tests.samples import sample_run

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.install, pytest.mark.xdist_group("wheel")]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the source distribution and the wheel."""
    folder = tmp_path_factory.mktemp("dist")
    # The source distribution first, and the wheel from that: what the one lacks the other lacks, too.
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("framework_advisor-*.whl")
    return found


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of an environment that holds the wheel and the core's dependencies, and no framework."""
    return environment(sys.executable, tmp_path_factory.mktemp("empty") / "venv", wheel)


def environment(interpreter: str, folder: Path, wheel: Path) -> Path:
    """Make an environment of an interpreter that holds the wheel, and return its Python."""
    subprocess.run([interpreter, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=300)
    python = folder / "bin" / "python"
    install(python, str(wheel))
    return python


def install(python: Path, *what: str) -> None:
    """Install with our pip; what is called once or twice needs no bytecode of what it never imports."""
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-compile", *what], check=True, capture_output=True, timeout=900)


def test_the_wheel_carries_probes_templates_and_profiles(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for part in ("bundled/probes/__main__.py", "profiles/edge.yaml", "criteria.yaml", "py.typed"):
        assert f"advisor/{part}" in names
    carried = {str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*") if path.is_file()}
    carried |= {str(path.relative_to(ROOT)) for path in (ROOT / "probes").rglob("*.py")}
    assert {f"advisor/bundled/{name}" for name in carried if "__pycache__" not in name} <= set(names)


def test_the_installed_command_decides_and_writes_the_site_without_any_framework(python: Path, tmp_path: Path) -> None:
    save_run(sample_run(), tmp_path / "run.json")
    advisor = [str(python.with_name("advisor")), "recommend", "--profile", "edge", "--run", "run.json"]
    as_json = subprocess.run([*advisor, "--json"], cwd=tmp_path, check=True, capture_output=True, timeout=300)
    here = subprocess.run(
        [sys.executable, "-m", "advisor", *advisor[1:], "--json"], cwd=tmp_path, check=True, capture_output=True
    )
    assert json.loads(as_json.stdout) == json.loads(here.stdout)
    subprocess.run(advisor, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    assert (tmp_path / ".advisor" / "site" / "index.html").is_file()


def other_python(version: str) -> str | None:
    """Return the interpreter of this version on the path, or among those that pyenv keeps."""
    own = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    kept = [str(path) for path in sorted(own.glob(f"{version}.*/bin/python{version}"))]
    for found in (shutil.which(f"python{version}"), *kept):
        # One of pyenv's stand-ins is on the path for every version, and works for the chosen one alone.
        if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return found
    return None


@pytest.mark.frameworks
def test_the_installed_command_measures_a_framework_in_another_environment(python: Path, tmp_path: Path) -> None:
    command = [str(python.with_name("advisor")), "probe", "--quick", "--only", "mlp-inference"]
    command += ["--framework", "pytorch", "--python", f"pytorch={sys.executable}", "--output", "run.json"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    run = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    times = [each for each in run["observations"] if each.get("metric") == "latency"]
    assert times
    assert all(each["outcome"] == "measured" for each in times)


# The last ones, because they replace what the environment holds.
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_wheel_and_source_install_and_decide_alike(
    version: str, built: Path, wheel: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        python = request.getfixturevalue("python")
    else:
        interpreter = other_python(version)
        if interpreter is None:
            pytest.skip(f"Python {version} is not on this machine")
        python = environment(interpreter, tmp_path / "venv", wheel)
    save_run(sample_run(), tmp_path / "run.json")
    question = ["-m", "advisor", "recommend", "--profile", "edge", "--run", "run.json", "--json"]

    def told(python: str | Path) -> object:
        done = subprocess.run([python, *question], cwd=tmp_path, check=True, capture_output=True, timeout=300)
        return json.loads(done.stdout)

    here = told(sys.executable)
    assert told(python) == here
    # What they depend on is the same, and was installed before.
    (source,) = built.glob("*.tar.gz")
    install(python, "--force-reinstall", "--no-deps", str(source))
    assert told(python) == here
