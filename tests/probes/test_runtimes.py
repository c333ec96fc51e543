"""The runtime worker's protocol, on a small network whose answer is known in closed form, and what it stands on."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from probes import runtime_worker
from probes.channel import ProbeError
from probes.runtimes import clean_process, executorch_build
from probes.runtimes.layouts import arranged
from tests.probes.processes import Probe

pytestmark = pytest.mark.integration

needs_onnx = pytest.mark.skipif(
    not (importlib.util.find_spec("onnx") and importlib.util.find_spec("onnxruntime")),
    reason="onnx and onnxruntime are not installed",
)
needs_executorch = pytest.mark.skipif(
    importlib.util.find_spec("executorch") is None, reason="executorch is not installed"
)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("images") / "images.npy"
    np.save(path, np.random.default_rng(0).standard_normal((5, 4, 6, 3), dtype=np.float32))
    return path


@pytest.fixture(scope="module")
def channel_sums(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ONNX file that sums N×3×4×6 images over height and width."""
    pytest.importorskip("onnx")
    from onnx import TensorProto, checker, helper, save

    graph = helper.make_graph(
        [helper.make_node("ReduceSum", ["images", "axes"], ["sums"], keepdims=0)],
        "sums",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, 4, 6])],
        [helper.make_tensor_value_info("sums", TensorProto.FLOAT, ["n", 3])],
        [helper.make_tensor("axes", TensorProto.INT64, [2], [2, 3])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    path = tmp_path_factory.mktemp("onnx") / "sums.onnx"
    save(model, path)
    return path


@needs_onnx
def test_load_block_memory_answer_stop(channel_sums: Path, images: Path, tmp_path: Path) -> None:
    expected = np.load(images).sum(axis=(1, 2))
    with Probe("runtime", "onnxruntime") as runtime:
        loaded = runtime.ok("load", artifact=str(channel_sums), inputs=str(images), threads=1)
        assert loaded["cell"] == 0
        assert loaded["inputs"] == [["images", "float32", [None, 3, 4, 6]]]
        assert loaded["outputs"] == [["sums", "float32", [None, 3]]]
        assert loaded["forbidden"] == []
        assert loaded["load_seconds"] > 0
        np.testing.assert_allclose(loaded["first_answer"]["sums"], expected[0], atol=1e-5)

        block = runtime.ok("block", cell=0, settle=0, lead_in=0.01, seconds=0.02, minimum_calls=5)
        assert block["count"] >= len(block["calls"]) >= 5
        assert sum(block["calls"]) <= block["wall"]

        memory = runtime.ok("memory")
        assert any("onnxruntime" in path for path in memory["libraries"])
        assert memory["installed_bytes"] > memory["library_bytes"] > 1e6

        for batch in (1, 2, 5):
            output = tmp_path / f"{batch}.npy"
            answered = runtime.ok("answer", inputs=str(images), outputs=str(output), batch=batch)
            assert answered["calls"] == -(-5 // batch)
            np.testing.assert_allclose(np.load(output), expected, atol=1e-5)
        assert runtime.ok("stop") == {}
    assert runtime.process.returncode == 0


@needs_onnx
def test_mistakes_are_answered_and_cost_nothing_else(channel_sums: Path, images: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.npy"
    np.save(wrong, np.zeros((1, 7, 7, 3), np.float32))
    with Probe("runtime", "onnxruntime") as runtime:
        assert "no cell" in runtime.ask("block", cell=0)["message"]
        assert "unknown command" in runtime.ask("dance")["message"]
        absent = runtime.ask("load", artifact=str(tmp_path / "absent.onnx"), inputs=str(images), threads=1)
        assert absent["outcome"] == "error"
        other = runtime.ask("load", artifact=str(channel_sums), inputs=str(wrong), threads=1)
        assert other["outcome"] == "error"
        assert "(1, 7, 7, 3)" in other["message"]
        runtime.ok("load", artifact=str(channel_sums), inputs=str(images), threads=1)
        assert "no cell 1" in runtime.ask("block", cell=1)["message"]


@needs_onnx
def test_several_artifacts_live_side_by_side(channel_sums: Path, images: Path) -> None:
    with Probe("runtime", "onnxruntime") as runtime:
        cells = [
            runtime.ok("load", artifact=str(channel_sums), inputs=str(images), threads=threads)["cell"]
            for threads in (1, 2)
        ]
        assert cells == [0, 1]
        for cell in cells:
            runtime.ok("block", cell=cell, settle=0, lead_in=0, seconds=0)


@needs_onnx
def test_a_fresh_process_answers_each_batch_size(channel_sums: Path, images: Path) -> None:
    inputs = np.load(images)
    answers = clean_process.answer("onnxruntime", channel_sums, inputs, batches=(1, 3))
    assert len(answers) == 2
    for answer in answers:
        np.testing.assert_allclose(answer, inputs.sum(axis=(1, 2)), atol=1e-5)


def test_an_unknown_runtime_and_a_missing_one_are_told_apart(images: Path, tmp_path: Path) -> None:
    with Probe("runtime", "abacus") as runtime:
        reply = runtime.ask("load", artifact="x", inputs=str(images), threads=1)
        assert (reply["outcome"], reply["message"]) == ("error", "unknown runtime 'abacus'")
    # A path without site-packages: NumPy alone, no runtime.
    (tmp_path / "numpy").symlink_to(Path(np.__file__).parent, target_is_directory=True)
    for libraries in Path(np.__file__).parent.parent.glob("numpy.libs"):
        (tmp_path / libraries.name).symlink_to(libraries, target_is_directory=True)
    script = Path(runtime_worker.__file__).with_name("__main__.py")
    for name, module in (("litert", "ai_edge_litert"), ("onnxruntime", "onnxruntime"), ("executorch", "executorch")):
        done = subprocess.run(
            [sys.executable, "-S", str(script), "runtime", name],
            input='{"id": 1, "do": "load", "artifact": "x", "inputs": "y", "threads": 1}\n',
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            check=True,
        )
        assert '"not_installed"' in done.stdout, done.stderr
        assert f"no module named '{module}'" in done.stdout


def test_a_process_that_dies_is_named_by_its_signal(
    images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashing = tmp_path / "__main__.py"
    crashing.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(clean_process, "PROBES", tmp_path)
    with pytest.raises(ProbeError, match="the litert process ended with SIGSEGV"):
        clean_process.answer("litert", tmp_path / "x.tflite", np.load(images))


def test_a_process_that_hangs_is_stopped_and_told_from_one_that_dies(
    images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "__main__.py").write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(clean_process, "PROBES", tmp_path)
    monkeypatch.setattr(clean_process, "PATIENCE", 0.3)
    with pytest.raises(ProbeError, match=r"the litert process gave no answer within 0\.3 s and was stopped"):
        clean_process.answer("litert", tmp_path / "x.tflite", np.load(images))


def test_images_are_arranged_as_the_artifact_wants_them(images: Path) -> None:
    inputs = np.load(images)
    np.testing.assert_array_equal(arranged(inputs, (1, 4, 6, 3)), inputs)
    first = arranged(inputs, (None, 3, 4, 6))
    np.testing.assert_array_equal(first, inputs.transpose(0, 3, 1, 2))
    assert first.flags.c_contiguous
    np.testing.assert_array_equal(arranged(inputs, (None, None, None, 3)), inputs)
    for shape in ((1, 6, 4, 3), (1, 72), (1, 3, 6, 4)):
        with pytest.raises(ValueError, match="cannot take images"):
            arranged(inputs, shape)


def test_only_libraries_of_the_package_are_counted() -> None:
    libraries = runtime_worker.mapped_libraries("numpy")
    assert libraries
    assert all("/numpy" in path and size == Path(path).stat().st_size for path, size in libraries.items())
    assert runtime_worker.mapped_libraries("no_such_package") == {}
    assert runtime_worker.installed_bytes("numpy") > sum(libraries.values()) / 2


def test_an_imported_framework_is_told(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("")
    code = "import torch; from probes import runtime_worker; print(runtime_worker.forbidden())"
    root = Path(runtime_worker.__file__).parent.parent
    environment = os.environ | {"PYTHONPATH": f"{root}{os.pathsep}{tmp_path}"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == "['torch']"


@needs_executorch
class TestShim:
    def test_without_a_compiler_executorch_is_not_supported(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path))
        monkeypatch.setenv("PATH", "")
        monkeypatch.delenv("CXX", raising=False)
        with pytest.raises(ProbeError, match=r"no C\+\+ compiler is on PATH") as caught:
            executorch_build.shim()
        assert caught.value.outcome == "not_supported"

    def test_a_compiler_that_fails_gives_its_reason(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        compiler = tmp_path / "broken-c++"
        compiler.write_text("#!/bin/sh\necho 'shim.cpp:1:1: fatal error: no standard library' >&2\nexit 1\n")
        compiler.chmod(0o755)
        monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("CXX", str(compiler))
        with pytest.raises(ProbeError, match=r"broken-c\+\+ cannot compile it: .*no standard library") as caught:
            executorch_build.shim()
        assert caught.value.outcome == "not_supported"
        assert list((tmp_path / "cache").iterdir()) == []

    def test_it_is_built_once_and_found_again_without_a_compiler(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path / "cache"))
        try:
            built = executorch_build.shim()
        except ProbeError as error:
            pytest.skip(str(error))
        assert built.parent == tmp_path / "cache"
        monkeypatch.setenv("PATH", "")
        monkeypatch.delenv("CXX", raising=False)
        assert executorch_build.shim() == built

    def test_a_folder_that_cannot_be_written_is_passed_over(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        blocked = tmp_path / "a file"
        blocked.write_text("")
        monkeypatch.setenv("ADVISOR_CACHE", str(blocked / "cache"))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
        try:
            built = executorch_build.shim()
        except ProbeError as error:
            pytest.skip(str(error))
        assert built.parent == tmp_path / "home" / "advisor"


PROGRAMS = """
import sys
import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.exir import to_edge_transform_and_lower

class Network(torch.nn.Module):
    def forward(self, x):
        return torch.sin(x * 2).sum(dim=(2, 3))

images = torch.zeros(1, 3, 4, 6)
for name, example in (("first", images), ("last", images.to(memory_format=torch.channels_last))):
    program = torch.export.export(Network(), (example,))
    lowered = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])
    open(f"{sys.argv[1]}/{name}.pte", "wb").write(lowered.to_executorch().buffer)
"""


@needs_executorch
@pytest.mark.frameworks
def test_executorch_runs_what_xnnpack_does_not_take_in_both_layouts(images: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed")
    subprocess.run([sys.executable, "-c", PROGRAMS, str(tmp_path)], check=True, capture_output=True)
    inputs = np.load(images)
    expected = np.sin(inputs * 2).sum(axis=(1, 2))
    for name, shape in (("first", [1, 3, 4, 6]), ("last", [1, 4, 6, 3])):
        with Probe("runtime", "executorch") as runtime:
            loaded = runtime.ok("load", artifact=str(tmp_path / f"{name}.pte"), inputs=str(images), threads=2)
            ((_, dtype, told),) = loaded["inputs"]
            assert (dtype, told) == ("float32", shape)
            (answer,) = loaded["first_answer"].values()
            np.testing.assert_allclose(answer, expected[0], atol=1e-5)
            assert any("kernels" in path for path in runtime.ok("memory")["libraries"])
