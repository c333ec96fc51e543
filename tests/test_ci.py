"""What CI says at its very end: which tests failed, by name, as pytest keeps them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parent.parent
TESTS = """
import pytest

@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("name", ["fine", "a@b"])
def test_name(name):
    assert name == "fine"

@pytest.fixture
def broken():
    raise OSError

def test_error(broken):
    pass
"""


def last_words(code: int, kept: Path) -> str:
    command = [sys.executable, str(ROOT / ".ci" / "failed.py"), str(code), str(kept)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_last_words_of_ci_name_what_failed(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "test_broken.py").write_text("import nothing_of_this_name\n")
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-n", "1", "--dist", "loadgroup", "--rootdir", str(tmp_path), "."]
    done = subprocess.run([*pytest_, "--continue-on-collection-errors"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode, done.stdout
    kept = tmp_path / ".pytest_cache" / "v" / "cache" / "lastfailed"
    said = last_words(1, kept).split("\n")
    assert said[1:-1] == [
        "CI failed (exit 1); tests and files that failed: 3",
        "  test_broken.py",
        "  test_some.py::test_error",
        "  test_some.py::test_name[a@b]",
    ]
    assert last_words(0, kept) == ""


def test_a_failure_before_the_tests_is_told_apart(tmp_path: Path) -> None:
    assert "exit 2" in last_words(2, tmp_path / "none")
    assert "see above" in last_words(2, tmp_path / "none")
