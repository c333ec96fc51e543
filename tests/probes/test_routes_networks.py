"""Routes of several kinds of networks, for one sample and for any batch; and that each proof can fail."""

from __future__ import annotations

import importlib.util
import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from advisor import resources
from advisor.measurement import definitions
from probes import feeds, javascript, native, reference, route_proof, workloads
from probes.channel import ProbeError
from probes.proof import size_of
from probes.runtimes import clean_process
from probes.runtimes.clean_process import Trial
from tests.probes.recipes import Recipes, has_javascript, python_of

pytestmark = pytest.mark.frameworks

# One that is quick to export for each way, and those whose outcome is another.
TRIED: dict[tuple[str, str], list[tuple[str, str, str, str]]] = {
    ("pytorch", "onnxruntime"): [
        ("transformer", "float32", "dynamic", "proved"),
        ("mlp", "int8", "static", "proved"),
        ("lstm", "int8", "static", "proved"),
    ],
    ("tensorflow", "onnxruntime"): [("lstm", "float32", "dynamic", "proved"), ("mlp", "int8", "static", "proved")],
    ("pytorch", "openvino"): [("transformer", "float32", "dynamic", "proved"), ("mlp", "int8", "dynamic", "proved")],
    ("tensorflow", "openvino"): [("lstm", "float32", "static", "proved"), ("mlp", "int8", "dynamic", "proved")],
    ("pytorch", "executorch"): [
        ("mlp", "float32", "dynamic", "proved"),
        ("mlp", "int8", "static", "proved"),
        ("transformer", "int8", "static", "proved"),
    ],
    ("tensorflow", "litert"): [
        ("transformer", "float32", "dynamic", "proved"),
        ("lstm", "float32", "static", "proved"),
        ("lstm", "float32", "dynamic", "requires element_shape to be static"),
        ("mlp", "int8", "static", "proved"),
        ("transformer", "int8", "static", "proved"),
    ],
    ("pytorch", "torchexport"): [("transformer", "float32", "dynamic", "proved")],
    ("pytorch", "torchscript"): [("lstm", "float32", "dynamic", "proved"), ("mlp", "int8", "dynamic", "proved")],
    ("pytorch", "aotinductor"): [("cnn", "float32", "dynamic", "proved")],
    ("tensorflow", "savedmodel"): [
        ("lstm", "float32", "dynamic", "proved"),
        ("mlp", "int8", "dynamic", "more than half"),
    ],
    ("keras_pytorch", "onnxruntime"): [
        ("mlp", "int8", "dynamic", "proved"),
        ("cnn", "float32", "static", "proved"),
        ("transformer", "float32", "dynamic", "the exporter refuses"),
    ],
    ("jax", "onnxruntime"): [("mlp", "float32", "dynamic", "proved")],
    ("jax", "openvino"): [("mlp", "float32", "dynamic", "proved")],
    ("jax", "litert"): [("mlp", "float32", "static", "proved")],
    ("jax", "savedmodel"): [("mlp", "float32", "dynamic", "proved")],
    ("pytorch", "litert"): [
        ("mlp", "float32", "static", "proved"),
        ("cnn", "int8", "static", "proved"),
        ("cnn", "float32", "dynamic", "the converter refuses"),
    ],
    ("keras_pytorch", "litert"): [
        ("mlp", "float32", "static", "proved"),
        ("cnn", "int8", "static", "proved"),
        ("cnn", "float32", "dynamic", "the converter refuses"),
    ],
}
# These run in an environment of their own, where somebody made it; no extra that is tested brings what they need.
APART = {("pytorch", "litert"), ("keras_pytorch", "litert")}
NEEDS = {"onnxruntime": "onnxruntime", "openvino": "openvino", "executorch": "executorch", "litert": "ai_edge_litert"}
CASES = [(*stack, *variant) for stack, variants in TRIED.items() for variant in variants]
# Broken is one of each: what they are broken by is the same for all.
FIRST = [(*stack, *variants[0]) for stack, variants in TRIED.items()]
STATIC = [variant for variant in CASES if variant[4:] == ("static", "proved")]

Reply = dict[str, Any]


@pytest.fixture(scope="module")
def replies() -> dict[tuple[str, ...], Reply]:
    return {}


@pytest.fixture(params=CASES, ids="-".join)
def tried(
    request: pytest.FixtureRequest, recipes: Recipes, replies: dict[tuple[str, ...], Reply]
) -> tuple[tuple[str, ...], Reply]:
    framework, runtime, workload, precision, batching, _ = request.param
    if importlib.util.find_spec(NEEDS.get(runtime, "numpy")) is None:
        if os.environ.get("ADVISOR_REQUIRE_ALL"):
            pytest.fail(f"{runtime} is not installed, and ADVISOR_REQUIRE_ALL is set")
        pytest.skip(f"{runtime} is not installed")
    apart = (framework, runtime) in APART and importlib.util.find_spec("litert_torch") is None
    if apart and python_of(framework, f"route-{runtime}") is None:
        pytest.skip("litert-torch is not installed: advisor env create litert-torch")
    if request.param not in replies:
        parameters = {"workload": workload, "precision": precision, "batching": batching}
        replies[request.param] = recipes.prove(framework, f"route-{runtime}", **parameters)
    return request.param, replies[request.param]


def case_of(variant: tuple[str, ...]) -> workloads.Case:
    _, _, workload, precision, batching, _ = variant
    return workloads.untrained(workload, Path(), {"precision": precision, "batching": batching})


def test_what_comes_out(tried: tuple[tuple[str, ...], Reply]) -> None:
    (*_, batching, expected), reply = tried
    if expected == "proved":
        assert reply["outcome"] == "proved", reply
        figures = reply["proof"]
        assert figures["batches"] == ([1] if batching == "static" else [1, 8])
        assert figures["artifact_bytes"] == size_of(Path(figures["artifact"]))
        assert 0 < figures["latency_seconds"] < figures["cold_start_seconds"]
        assert figures["peak_memory_bytes"] > 0
        assert figures["runtime_bytes"] > 1e6
    else:
        assert reply["outcome"] in ("refuted", "not_supported"), reply
        assert expected in reply["message"]


@pytest.mark.parametrize("tried", FIRST, ids="-".join, indirect=True)
def test_another_networks_answers_are_refuted(tried: tuple[tuple[str, ...], Reply]) -> None:
    variant, reply = tried
    case = case_of(variant)
    # The last layer's outputs change places.
    last = "dense2" if "dense2_kernel" in case.weights else "dense"
    last = "dense3" if "dense3_kernel" in case.weights else last
    rolled = {f"{last}_{kind}": np.roll(case.weights[f"{last}_{kind}"], 1, axis=-1) for kind in ("kernel", "bias")}
    other = reference.forward(case.workload, {**case.weights, **rolled}, case.inputs)
    result = route_proof.proof(case, variant[1], Path(reply["proof"]["artifact"]), other.astype(np.float32))
    assert result.outcome == "refuted"
    assert "differ" in str(result.message)


@pytest.mark.parametrize("tried", FIRST, ids="-".join, indirect=True)
def test_a_truncated_artifact_is_an_error(tried: tuple[tuple[str, ...], Reply]) -> None:
    variant, reply = tried
    artifact = Path(reply["proof"]["artifact"])
    files = [each for each in artifact.rglob("*") if each.is_file()] if artifact.is_dir() else [artifact]
    file = max(files, key=size_of)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    try:
        with pytest.raises(ProbeError, match=variant[1]) as caught:
            clean_process.answer(variant[1], artifact, case_of(variant).inputs)
        assert caught.value.outcome == "error"
    finally:
        file.write_bytes(whole)


@pytest.mark.parametrize("tried", STATIC, ids="-".join, indirect=True)
def test_one_sample_is_not_any_batch(tried: tuple[tuple[str, ...], Reply]) -> None:
    variant, reply = tried
    with pytest.raises(ProbeError, match=variant[1]):
        clean_process.answer(variant[1], Path(reply["proof"]["artifact"]), case_of(variant).inputs, (8,))


@pytest.mark.parametrize(("workload", "precision"), [("transformer", "float32"), ("mlp", "int8")])
def test_tensorflow_js_answers_and_a_wrong_answer_is_seen(recipes: Recipes, workload: str, precision: str) -> None:
    parameters = {"workload": workload, "precision": precision, "batching": "dynamic"}
    reply = recipes.prove("tensorflow", "route-tensorflowjs", **parameters)
    if not has_javascript("@tensorflow/tfjs"):
        assert reply["outcome"] == "not_installed"
        pytest.skip("Node.js or TensorFlow.js is not installed")
    assert reply["outcome"] == "proved", reply
    assert reply["proof"]["latency_seconds"] > 0
    assert 10e6 < reply["proof"]["peak_memory_bytes"] < 400e6
    if precision == "float32":
        broken = recipes.prove("broken_tensorflow", "route-tensorflowjs", **parameters)
        assert broken["outcome"] == "refuted", broken
        assert "differ by" in broken["message"]
    spoil_tensorflow_js(case_of(("", "", workload, precision, "dynamic", "")), Path(reply["proof"]["artifact"]))


def spoil_tensorflow_js(case: workloads.Case, artifact: Path) -> None:
    """See other weights refuted, and half of the weights as an error."""

    def run() -> Trial:
        shape, answers = ",".join(map(str, case.inputs.shape[1:])), artifact.parent / "again"
        inputs = artifact.parent / "inputs"
        text = javascript.run(
            resources.probes() / "frameworks/tensorflow/route_tensorflowjs.mjs",
            "@tensorflow/tfjs",
            artifact,
            inputs,
            shape,
            "8",
            answers,
        )
        return Trial([feeds.of(native.read(artifact.parent / "again-8", -1, 10))], json.loads(text))

    expected = reference.forward(case.workload, case.weights, case.inputs).astype(np.float32)
    asked = route_proof.questions(case, expected, (8,))
    assert route_proof.judged(case, artifact, asked, run()).outcome == "proved"
    file = artifact / "weights.bin"
    whole = file.read_bytes()
    file.write_bytes(backwards(whole, json.loads((artifact / "model.json").read_text())))
    assert route_proof.judged(case, artifact, asked, run()).outcome == "refuted"
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ProbeError) as caught:
        run()
    assert caught.value.outcome == "error"


def backwards(content: bytes, model: dict[str, Any]) -> bytes:
    """Return a file of weights with every array's values in the opposite order; whole numbers are shapes and stay."""
    changed = b""
    for entry in model["weightsManifest"][0]["weights"]:
        kind = entry.get("quantization", entry)["dtype"]
        values = np.frombuffer(content, kind, math.prod(entry["shape"]), len(changed))
        changed += (values if kind == "int32" else values[::-1]).tobytes()
    return changed


def test_every_route_has_networks_and_every_recipe_a_definition() -> None:
    known = definitions.load()
    for framework, runtime in TRIED:
        capability = known.capabilities[f"route-{runtime}"]
        assert known.has_recipe(framework, capability)
        assert {each["workload"] for each in capability.variants} == {"mlp", "cnn", "lstm", "transformer"}
        assert {each["precision"] for each in capability.variants} == {"float32", "int8"}
    recipes = {(file.parent.name, file.stem[6:]) for file in known.probes.glob("frameworks/*/route_*.py")}
    assert recipes == {*TRIED, ("tensorflow", "tensorflowjs")}
