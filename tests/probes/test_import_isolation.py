"""Imports of frameworks: what they require is there, what merely lies beside them is not, and afterwards all is."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from probes import import_isolation
from tests.probes.processes import Probe
from tests.probes.recipes import need

ROOT = Path(__file__).resolve().parents[2]

# What each package is, and what its metadata says that it requires.
PACKAGES = {
    "alpha": ("import beta\ntry:\n    import gamma\nexcept ImportError:\n    gamma = None\n", ["beta >= 1"]),
    "beta": ("import importlib.util as find\nsees = find.find_spec('gamma') is not None\n", []),
    "gamma": ("", []),
    "delta": ("import gamma\n", []),
    "epsilon": ("try:\n    import gamma\nexcept ImportError:\n    raise RuntimeError('no gamma') from None\n", []),
    "broken": ("import nowhere\n", []),
}
SCRIPT = """
import json, sys
sys.path[:0] = sys.argv[1:3]
from probes import import_isolation
modules, distributions = json.loads(sys.argv[3])
before = list(sys.meta_path)
try:
    told = import_isolation.imported(modules, *distributions)._asdict()
except Exception as error:
    told = {"raised": type(error).__name__, "message": str(error)}
told["now"] = sys.meta_path == before and __import__("gamma").__name__
told |= {name: str(getattr(sys.modules[name], what, "")) for name, what in (("alpha", "gamma"), ("beta", "sees"))
         if name in sys.modules}
print(json.dumps(told))
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of packages as an installer leaves them."""
    for name, (text, requires) in PACKAGES.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(text)
        told = tmp_path / f"{name}-1.0.dist-info"
        told.mkdir()
        needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
        (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}")
        (told / "RECORD").write_text(f"{name}/__init__.py,,\n{told.name}/METADATA,,\n{told.name}/RECORD,,\n")
    return tmp_path


def tried(site: Path, modules: list[str], *distributions: str, beside: Path | None = None) -> dict[str, Any]:
    command = [sys.executable, "-c", SCRIPT, str(site), str(ROOT), json.dumps([modules, distributions])]
    surroundings = os.environ | ({} if beside is None else {"PYTHONPATH": str(beside)})
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=surroundings)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_what_is_required_is_seen_and_what_lies_beside_only_afterwards(site: Path) -> None:
    told = tried(site, ["alpha"], "alpha")
    assert told["left_out"] == ["gamma"]
    assert (told["alpha"], told["beta"]) == ("None", "False")
    assert told["seconds"] > 0
    assert told["now"] == "gamma"


def test_what_is_named_beside_is_seen(site: Path) -> None:
    told = tried(site, ["alpha"], "alpha", "gamma")
    assert told["left_out"] == []
    assert "module 'gamma'" in told["alpha"]


def test_what_an_import_fails_without_is_let_in(site: Path) -> None:
    assert tried(site, ["delta"], "delta")["left_out"] == []


def test_what_another_folder_of_the_path_brings_is_not_seen(site: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "modules-of-a-cluster"
    elsewhere.mkdir()
    (site / "gamma").rename(elsewhere / "gamma")
    told = tried(site, ["alpha"], "alpha", beside=elsewhere)
    assert told["left_out"] == ["gamma"]
    assert (told["alpha"], told["now"]) == ("None", "gamma")


def test_another_failure_says_what_was_kept_from_it(site: Path) -> None:
    told = tried(site, ["epsilon"], "epsilon")
    assert told["raised"] == "ProbeError"
    assert told["message"].startswith(
        "RuntimeError: no gamma (kept from it, for no metadata requires them: gamma; BESIDE"
    )
    assert told["now"] == "gamma"


def test_what_is_not_installed_at_all_is_missing_as_ever(site: Path) -> None:
    told = tried(site, ["broken"], "broken")
    assert (told["raised"], told["message"]) == ("ModuleNotFoundError", "No module named 'nowhere'")


@pytest.mark.parametrize("unknown", ["not installed", "not listed"])
def test_where_the_files_are_unknown_everything_is_seen(site: Path, unknown: str) -> None:
    if unknown == "not listed":
        (site / "beta-1.0.dist-info" / "RECORD").unlink()
    told = tried(site, ["alpha"], "alpha" if unknown == "not listed" else "a-package-that-nobody-has")
    assert told["left_out"] == []
    assert "module 'gamma'" in told["alpha"]


def test_what_is_absent_can_be_neither_imported_nor_found_and_can_be_afterwards() -> None:
    assert "wave" not in sys.modules
    with import_isolation.absent("wave", "json"):
        assert importlib.util.find_spec("wave") is None
        with pytest.raises(ImportError):
            importlib.import_module("wave")
        assert importlib.import_module("json") is json  # what was there before stays
    assert importlib.import_module("wave")


@pytest.mark.frameworks
@pytest.mark.parametrize(("framework", "module"), [("pytorch", "torch"), ("tensorflow", "tensorflow")])
def test_keras_runs_on_a_framework_whatever_else_can_be_imported(framework: str, module: str, tmp_path: Path) -> None:
    need(module)
    need("keras")
    (tmp_path / "jax").mkdir()
    (tmp_path / "jax" / "__init__.py").write_text("__version__ = '0.10.2'\n")
    seen = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import jax; from probes.frameworks.{framework} import "
    script = f"{seen}keras_backend as recipe; done = recipe.run(None); print(done.outcome, done.message)"
    surroundings = os.environ | {"PYTHONPATH": str(tmp_path), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=surroundings)
    assert done.stdout.split("\n")[0] == "proved None", done.stderr[-1000:]


@pytest.mark.frameworks
@pytest.mark.parametrize(("framework", "module"), [("pytorch", "torch"), ("tensorflow", "tensorflow")])
def test_a_framework_takes_along_nothing_of_ours(framework: str, module: str) -> None:
    need(module)
    with Probe("framework", framework) as worker:
        told = worker.ok("describe", threads=2)
    # We bring pandas; TensorFlow's Keras would take it along, and PyTorch does not ask for it.
    assert ("pandas" in told["left_out"]) == (framework == "tensorflow")
    assert "numpy" not in told["left_out"]
