"""The framework from other languages: proved with real compilers and Node.js, refuted when the inputs differ."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from probes import javascript, native
from probes.channel import ProbeError
from tests.probes.recipes import Recipes, has_javascript

pytestmark = pytest.mark.integration

FRAMEWORKS = ("pytorch", "tensorflow")
CAPABILITIES = ("cpp", "no-python-deployment", "no-python-on-device", "javascript")
JAVASCRIPT = {"pytorch": "onnxruntime-web", "tensorflow": "@tensorflow/tfjs"}


@pytest.mark.frameworks
@pytest.mark.parametrize("capability", CAPABILITIES)
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_answer_is_pythons_and_a_wrong_one_is_seen(recipes: Recipes, framework: str, capability: str) -> None:
    reply = recipes.prove(framework, capability)
    if capability == "javascript" and not has_javascript(JAVASCRIPT[framework]):
        assert reply["outcome"] == "not_installed"
        pytest.skip(f"Node.js or {JAVASCRIPT[framework]} is not installed")
    if shutil.which("c++") is None and capability != "javascript":
        assert reply["outcome"] == "not_supported"
        return
    assert reply["outcome"] == "proved", reply
    broken = recipes.prove(f"broken_{framework}", capability)
    assert broken["outcome"] == "refuted", broken
    assert "differ by" in broken["message"]


def test_packages_of_node_are_found_by_node_path_and_what_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProbeError, match=r"Node\.js is not on the PATH") as caught:
        javascript.run(tmp_path / "script.mjs", "ort")
    assert caught.value.outcome == "not_installed"

    node = tmp_path / "node"
    node.write_text('#!/bin/sh\necho "$@"\n')
    node.chmod(0o755)
    (tmp_path / "second" / "@scope" / "ort").mkdir(parents=True)
    with pytest.raises(ProbeError, match="no package '@scope/ort' in NODE_PATH") as caught:
        javascript.run(tmp_path / "script.mjs", "@scope/ort")
    assert caught.value.outcome == "not_installed"

    monkeypatch.setenv("NODE_PATH", f"{tmp_path / 'first'}{os.pathsep}{tmp_path / 'second'}")
    said = javascript.run(tmp_path / "script.mjs", "@scope/ort", "model", 3)
    assert said.split() == [str(tmp_path / "script.mjs"), f"{tmp_path / 'second'}{os.sep}", "model", "3"]


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
