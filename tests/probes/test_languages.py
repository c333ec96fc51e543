"""The framework from other languages: proved with real compilers and Node.js, refuted when the inputs differ."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes import native
from probes.channel import ProbeError
from tests.probes.recipes import Recipes, left_behind

FRAMEWORKS = ("pytorch", "tensorflow")
CAPABILITIES = ("cpp", "no-python-deployment", "javascript")


@pytest.fixture(scope="module")
def recipes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recipes]:
    folder = tmp_path_factory.mktemp("recipes")
    with Recipes(folder) as workers:
        yield workers
    assert not list(left_behind(folder))


@pytest.mark.frameworks
@pytest.mark.parametrize("capability", CAPABILITIES)
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_answer_is_pythons_and_a_wrong_one_is_seen(recipes: Recipes, framework: str, capability: str) -> None:
    reply = recipes.prove(framework, capability)
    if capability == "javascript" and reply["outcome"] == "not_installed":
        assert "Node.js" in reply["message"]
        return
    if shutil.which("c++") is None and capability != "javascript":
        assert reply["outcome"] == "not_supported"
        return
    assert reply["outcome"] == "proved", reply
    broken = recipes.prove(f"broken_{framework}", capability)
    assert broken["outcome"] == "refuted", broken
    assert "differ by" in broken["message"]


def test_a_missing_compiler_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(ProbeError, match=r"no compiler to call: none of c\+\+") as caught:
        native.build(tmp_path / "program.cc", tmp_path / "program", [])
    assert caught.value.outcome == "not_supported"


@pytest.mark.skipif(shutil.which("c++") is None, reason="needs a compiler")
def test_what_the_compiler_said_is_kept(tmp_path: Path) -> None:
    source = tmp_path / "program.cc"
    source.write_text('#include "nowhere.h"\nint main() {}\n')
    with pytest.raises(ProbeError, match=r"ended with exit 1: .*program\.cc:1:10: fatal error: nowhere\.h") as caught:
        native.build(source, tmp_path / "program", [])
    assert caught.value.outcome == "error"


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a compiler")
def test_a_process_without_python_says_so(tmp_path: Path) -> None:
    from probes import programs

    source = tmp_path / "program.c"
    source.write_text('#include "without_python.h"\nint main(void) { printf("%d", python_is_loaded()); return 0; }\n')
    assert programs.run([native.build(source, tmp_path / "program", [])]) == ["0"]
