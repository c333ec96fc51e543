"""JAX's capability recipes, all from one process without a network: what comes out, and that proofs can fail.

They are not among those of `test_capabilities`: JAX runs threads after its import, so its processes cannot be forks,
and each import costs two seconds.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from typing import Any

import pytest

from tests.probes.processes import Probe
from tests.probes.recipes import has_javascript
from tests.probes.test_interpreters import HASTY

pytestmark = pytest.mark.frameworks

CAPABILITIES = (
    "dynamic-control-flow", "captured-control-flow", "whole-graph-control-flow", "shape-changes", "debug-shape-error",
    "debug-breakpoint", "debug-breakpoint-compiled", "debug-nan", "gradient-check", "custom-gradient",
    "mixed-precision", "reproducibility", "checkpoint", "checkpoint-code", "device-placement", "export-program",
    "export-ahead-of-time", "export-torchscript", "gpu-memory", "numpy-interop", "keras-backend", "public-api",
    "export-onnx", "visdom", "serving", "serving-onnxruntime", "quantization-onnxruntime",
    "transformations", "data-parallel", "sharded-training", "multi-worker", "elastic-training",
    "brevity", "cpp", "no-python-on-device", "ready-made-models", "tensorboard", "no-python-deployment",
    "quantization", "serving-litserve", "javascript",
)  # fmt: skip

# What is not proved with the versions of constraints.txt, and what the message must say.
EXPECTED = {
    "captured-control-flow": ("refuted", "if gives the right answer on both ways"),
    "whole-graph-control-flow": ("not_supported", "written with jax.lax (cond, while_loop, scan), all are captured"),
    "debug-breakpoint-compiled": ("refuted", "the values between the layers"),
    "cpp": ("not_supported", "in Python alone"),
    "tensorboard": ("refuted", "graphs missing"),
    "serving": ("not_supported", "JAX brings no server"),
    "export-torchscript": ("not_applicable", "a part of PyTorch"),
}
if not has_javascript("onnxruntime-web"):
    EXPECTED["javascript"] = ("not_installed", "onnxruntime-web")
if shutil.which("nvidia-smi") is None:
    EXPECTED["gpu-memory"] = ("not_applicable", "no NVIDIA GPU")

Trials = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def trials(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trials:
    """Every recipe that is asked for, as it is and broken in each way."""
    if importlib.util.find_spec("jax") is None:
        pytest.skip("jax is not installed")
    items = [item for item in request.session.items if getattr(item, "module", None) is request.module]
    chosen = {item.callspec.params["capability"] for item in items if hasattr(item, "callspec")}
    environment = os.environ | HASTY | {"HOME": str(tmp_path_factory.mktemp("jax"))}
    with Probe("jax", program=("-m", "tests.probes.trials"), environment=environment) as probe:
        tried = [probe.ask("try", capability=name)["tried"] for name in CAPABILITIES if name in chosen]
    return {(reply["capability"], reply["broken"]): reply for replies in tried for reply in replies}


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_what_comes_out_and_each_proof_can_fail(capability: str, trials: Trials) -> None:
    reply = trials[capability, ""]
    outcome, message = EXPECTED.get(capability, ("proved", ""))
    assert reply["outcome"] == outcome, reply
    assert message in reply.get("message", "")
    for (name, way), broken in trials.items():
        if name == capability and way:
            assert broken["outcome"] == "refuted", (way, broken)
