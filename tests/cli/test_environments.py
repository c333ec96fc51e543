"""`advisor env`: which environments recipes ask for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from advisor.cli import main


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path))


def test_they_are_listed_with_what_for() -> None:
    done = CliRunner().invoke(main, ["env", "list", "--format", "json"])
    assert done.exit_code == 0
    (entry,) = [each for each in json.loads(done.stdout) if each["name"] == "litert-torch"]
    assert entry["python"] is None
    assert "litert-torch" in entry["packages"]
    assert "not made" in CliRunner().invoke(main, ["env", "list"]).stdout


def test_removing_one_that_is_not_there_says_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["env", "remove", "litert-torch"])
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path}/environments/litert-torch: there was none\n")


def test_python_takes_environments_too(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["probe", "--python", f"litert-torch={tmp_path / 'nowhere'}"])
    assert done.exit_code == 2
    assert "is no program that can be run" in done.stderr
