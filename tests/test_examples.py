"""The examples in docstrings: each of the public API has some, and all of them come out as they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import advisor
from advisor.measurement.run import save_run
from tests.samples import sample_run

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for file in (ROOT / "advisor").rglob("*.py")
    if ">>> " in file.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save_run(sample_run(), Path("run.json"))
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("name", sorted({*advisor.__all__} - {"AdvisorError"}))
def test_what_is_public_shows_how_it_is_used(name: str) -> None:
    assert "\nExamples\n" in "\n".join(line.strip() for line in (getattr(advisor, name).__doc__ or "").splitlines())
