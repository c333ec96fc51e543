"""What installs packages that come as source alone, whose build breaks with a later setuptools, still does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
VISDOM = yaml.safe_load((ROOT / "probes" / "capabilities" / "visdom.yaml").read_text(encoding="utf-8"))
pytestmark = pytest.mark.install


def test_the_makefile_installs_what_has_no_wheel_beside_the_newest_setuptools(tmp_path: Path) -> None:
    by_the_makefile(environment(tmp_path, "setuptools", "wheel"))


def test_the_makefile_installs_what_has_no_wheel_with_the_newest_pip(tmp_path: Path) -> None:
    # Which setuptools such a build takes is told to pip in another way since 25.3.
    by_the_makefile(environment(tmp_path, "pip"))


def test_the_line_that_a_missing_visdom_is_told_with_installs_it(tmp_path: Path) -> None:
    (line,) = set(VISDOM["install"].values())
    folder = environment(tmp_path)
    own = os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PIP_NO_CACHE_DIR": "1"}
    subprocess.run(["sh", "-ec", line], env=own, check=True, capture_output=True, timeout=600)
    subprocess.run([str(folder / "bin" / "python"), "-c", "import visdom"], check=True, timeout=300)


def by_the_makefile(folder: Path) -> None:
    """Install Visdom as the Makefile installs, and see it there; not out of pip's cache, which holds what was built."""
    if shutil.which("make") is None:
        pytest.skip("no make on this machine")
    rule = "visdom: ; $(INSTALL) --no-cache-dir --no-deps visdom"
    command = ["make", f"--eval={rule}", "visdom", f"VENV={folder}"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)
    assert list(folder.glob("lib/*/site-packages/visdom/__init__.py"))


def environment(folder: Path, *newest: str) -> Path:
    """Make an empty environment with the newest of these packages."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=300)
    if newest:
        pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--upgrade", *newest]
        subprocess.run(pip, check=True, capture_output=True, timeout=300)
    return folder
