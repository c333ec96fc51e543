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
    folder = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=300)
    pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True, timeout=900)
    return folder / "bin" / "python"


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
    as_json = subprocess.run([*advisor, "--json"], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    here = subprocess.run(
        [sys.executable, "-m", "advisor", *advisor[1:], "--json"], cwd=tmp_path, check=True, capture_output=True
    )
    assert json.loads(as_json.stdout) == json.loads(here.stdout)
    subprocess.run(advisor, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    assert (tmp_path / ".advisor" / "site" / "index.html").is_file()


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_wheel_and_source_install_and_decide_alike(version: str, built: Path, tmp_path: Path) -> None:
    interpreter = other_python(version)
    if interpreter is None:
        pytest.skip(f"Python {version} is not on this machine")
    save_run(sample_run(), tmp_path / "run.json")
    question = ["-m", "advisor", "recommend", "--profile", "edge", "--run", "run.json", "--json"]
    here = subprocess.run([sys.executable, *question], cwd=tmp_path, check=True, capture_output=True).stdout
    subprocess.run([interpreter, "-m", "venv", str(tmp_path / "venv")], check=True, timeout=300)
    python = str(tmp_path / "venv" / "bin" / "python")
    # What is called twice needs no bytecode of what it never imports.
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    (wheel,), (source,) = built.glob("*.whl"), built.glob("*.tar.gz")
    # What they depend on is the same, and installed once.
    for file in ([str(wheel)], ["--force-reinstall", "--no-deps", str(source)]):
        subprocess.run([*pip, *file], check=True, capture_output=True, timeout=900)
        told = subprocess.run([python, *question], cwd=tmp_path, check=True, capture_output=True, timeout=120).stdout
        assert json.loads(told) == json.loads(here)


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
