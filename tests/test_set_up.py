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


@pytest.fixture(params=["the pip of this Python", "the newest pip"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return an empty environment; pip reads its settings for such builds from other places since 25.3."""
    folder = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=300)
    if request.param == "the newest pip":
        pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--upgrade", "pip"]
        subprocess.run(pip, check=True, capture_output=True, timeout=300)
    return folder


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
@pytest.mark.parametrize("there", ["nothing", "the newest setuptools"])
def test_the_makefile_installs_what_has_no_wheel(there: str, environment: Path) -> None:
    if there != "nothing":
        pip = [str(environment / "bin" / "pip"), "install", "--quiet", "--upgrade", "setuptools", "wheel"]
        subprocess.run(pip, check=True, capture_output=True, timeout=300)
    rule = "visdom: ; $(INSTALL) --no-cache-dir --no-deps visdom"
    subprocess.run(
        ["make", f"--eval={rule}", "visdom", f"VENV={environment}"],
        cwd=ROOT, check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    assert list(environment.glob("lib/*/site-packages/visdom/__init__.py"))


def test_the_line_that_a_missing_visdom_is_told_with_installs_it(environment: Path) -> None:
    (line,) = set(VISDOM["install"].values())
    own = os.environ | {"PATH": f"{environment / 'bin'}:{os.environ['PATH']}", "PIP_NO_CACHE_DIR": "1"}
    subprocess.run(["sh", "-ec", line], env=own, check=True, capture_output=True, timeout=600)
    subprocess.run([str(environment / "bin" / "python"), "-c", "import visdom"], check=True, timeout=60)
