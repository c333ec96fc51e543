"""`advisor model check` on files, and on code that does as it likes: told in one line, within limits, nothing left."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner, Result

from advisor.cli import main
from advisor.measurement.worker.environment import at_home

FAULTY = Path(__file__).with_name("factories") / "faulty.py"


def checked(*words: str) -> Result:
    return CliRunner().invoke(main, ["model", "check", *words])


@pytest.fixture
def code(tmp_path: Path) -> Any:
    """Write a factory that imports nothing: its fault comes before any framework."""

    def written(body: str) -> str:
        file = tmp_path / "camera.py"
        file.write_text(f"import os, sys, time\n\ndef make():\n    {body}\n")
        return f"{file}:make"

    return written


@pytest.mark.parametrize(
    ("body", "told", "code_"),
    [
        ("while True: time.sleep(0.01)", "camera.py:make did not end within 4 s, at camera.py:4 (--limit-time)", 3),
        ("os.abort()", "the process of camera.py:make ended: signal SIGABRT", 3),
        ("os._exit(4)", "the process of camera.py:make ended: exit status 4", 3),
        ("sys.exit(3)", "camera.py:4: the code called exit(3)", 2),
        ("return input('? ')", "camera.py:4: the code reads standard input, which is closed here", 2),
        ("return bytearray(10**9)", "camera.py:make was stopped: it held", 3),
        ("print('{}'); os.write(1, b'noise'); return 3", "camera.py:make gave builtins.int", 2),
        ("return [", "camera.py:4: SyntaxError", 2),
        ("return dict", "camera.py:make gave the class dict: return an object of it", 2),
    ],
)
@pytest.mark.integration
def test_code_that_does_what_it_likes_is_told_in_one_line(code: Any, body: str, told: str, code_: int) -> None:
    if "bytearray" in body:
        body = "held = bytearray(os.urandom(10**6) * 900); time.sleep(5); return held"
    result = checked(code(body), "--limit-time", "4s", "--limit-memory", "500 MB")
    assert result.exit_code == code_, result.output
    assert told in result.output
    assert "Traceback" not in result.output


@pytest.mark.integration
def test_a_file_of_a_package_imports_its_neighbours_and_a_function_with_arguments_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "a b" / "pkg"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "net.py").write_text("SIZE = 3\n")
    (folder / "build.py").write_text("from .net import SIZE\n\ndef make(depth):\n    return SIZE\n")
    result = checked(f"{folder / 'build.py'}:make")
    assert result.exit_code == 2
    assert "build.py:make needs depth: expected a function that takes no arguments" in result.output


@pytest.mark.integration
def test_what_code_started_does_not_outlive_it(code: Any, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    body = f"""pid = os.fork()
    if pid == 0:
        os.setsid(); open({str(mark)!r}, "w").write(str(os.getpid())); time.sleep(600)
    time.sleep(1); raise RuntimeError("after the fork")"""
    result = checked(code(body), "--limit-time", "10s")
    assert "camera.py:7: RuntimeError: after the fork" in result.output
    child = int(mark.read_text())
    until = time.monotonic() + 5
    while psutil.pid_exists(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
    assert os.getpid() != child


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small ONNX file with a batch that may vary."""
    onnx: Any = pytest.importorskip("onnx")
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    weights = np.random.default_rng(0).standard_normal((8, 3)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"]), helper.make_node("Relu", ["y"], ["scores"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 8])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", 3])],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path_factory.mktemp("onnx") / "net.onnx"
    onnx.save(model, path)
    return path


@pytest.mark.frameworks
def test_an_onnx_file_is_told_and_goes_through_its_runtimes(file: Path) -> None:
    pytest.importorskip("openvino")
    result = checked(str(file), "--within", "3min", "--format", "json")
    assert result.exit_code == 0, result.output
    rows = {each["runtime"]: each for each in json.loads(result.stdout)}
    for runtime in ("onnxruntime", "openvino"):
        assert rows[runtime]["outcome"] == "proved", rows
        assert rows[runtime]["error"] < 1e-5
        assert rows[runtime]["batch"] == "any"
    assert rows["executorch"]["takes it"] == "no"
    assert "holds no PyTorch module" in rows["executorch"]["reason"]


@pytest.mark.frameworks
def test_a_file_that_is_cut_or_no_onnx_at_all_is_told(file: Path, tmp_path: Path) -> None:
    for name, content in (("cut.onnx", file.read_bytes()[:60]), ("text.onnx", b"hello there")):
        broken = tmp_path / name
        broken.write_bytes(content)
        result = checked(str(broken))
        assert result.exit_code == 2
        assert f"{name} is no ONNX file, or a damaged one" in result.output


@pytest.mark.frameworks
def test_what_is_exported_is_what_was_proved_and_its_script_makes_it_anew(file: Path, tmp_path: Path) -> None:
    pytest.importorskip("openvino")
    out = tmp_path / "out"
    words = ["export", "--model", str(file), "-o", str(out), "--precision", "float32"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    manifest = json.loads((out / "manifest.json").read_text())
    assert [each["folder"] for each in manifest["artifacts"]] == ["onnxruntime-float32", "openvino-float32"]
    for each in manifest["artifacts"]:
        assert each["largest relative error"] < 1e-5
        for name, digest in each["files"].items():
            made = out / each["folder"] / name
            assert hashlib.sha256(made.read_bytes()).hexdigest() == digest
            made.unlink()
        script = out / "scripts" / f"{each['folder']}.py"
        assert "advisor" not in script.read_text().replace(str(tmp_path), "")
        if each["runtime"] == "openvino":
            subprocess.run(
                [sys.executable, str(script)], check=True, capture_output=True, cwd=tmp_path, env=at_home(tmp_path)
            )
            for name, digest in each["files"].items():
                if name.endswith(".bin"):
                    assert hashlib.sha256((out / each["folder"] / name).read_bytes()).hexdigest() == digest
    again = CliRunner().invoke(main, words)
    assert again.exit_code == 2
    assert "is not empty" in again.output


@pytest.mark.frameworks
def test_what_there_was_no_time_for_is_unknown_and_says_how_to_ask_for_longer(file: Path) -> None:
    result = checked(str(file), "--within", "1ms", "--format", "json")
    rows = {each["runtime"]: each for each in json.loads(result.stdout)}
    assert rows["onnxruntime"]["takes it"] == "unknown"
    assert rows["onnxruntime"]["reason"] == "not tried to the end: --within 120s"
    assert rows["executorch"]["takes it"] == "no"
