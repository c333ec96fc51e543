"""The capability recipes on the real frameworks: what comes out, and that each proof can fail."""

from __future__ import annotations

import importlib.util
import os
import shutil
from typing import Any

import pytest

from advisor import resources
from advisor.measurement import definitions
from tests.probes.processes import Probe
from tests.probes.recipes import ForkServers

pytestmark = pytest.mark.frameworks

MODULES = {"pytorch": "torch", "tensorflow": "tensorflow"}

# What this module answers for; recipes that need several processes at once have tests of their own.
CAPABILITIES = (
    "dynamic-control-flow", "captured-control-flow", "whole-graph-control-flow", "shape-changes",
    "debug-shape-error", "debug-breakpoint", "debug-breakpoint-compiled", "debug-nan", "gradient-check",
    "custom-gradient", "transformations", "mixed-precision", "reproducibility", "checkpoint", "checkpoint-code",
    "tensorboard", "device-placement", "export-onnx", "export-program", "export-ahead-of-time", "export-torchscript",
    "gpu-memory", "numpy-interop", "keras-backend", "public-api", "visdom", "quantization", "quantization-onnxruntime",
)  # fmt: skip

# What is not proved with the versions of constraints.txt, and what the message must say.
EXPECTED = {
    ("pytorch", "whole-graph-control-flow"): ("not_supported", "torch.export refuses if: GuardOnDataDependentSymNode"),
    ("pytorch", "debug-breakpoint-compiled"): ("refuted", "the values between the layers"),
    ("tensorflow", "debug-breakpoint-compiled"): ("refuted", "the values between the layers"),
    ("tensorflow", "numpy-interop"): ("refuted", "a tensor shares the array's memory"),
    ("tensorflow", "export-torchscript"): ("not_applicable", "a part of PyTorch"),
}
if shutil.which("nvidia-smi") is None:
    EXPECTED |= {(each, "gpu-memory"): ("not_applicable", "no NVIDIA GPU") for each in MODULES}
NEEDS = {
    "tensorboard": "tensorboard", "visdom": "visdom", "keras-backend": "keras", "export-onnx": "onnx",
    "quantization": "sklearn", "quantization-onnxruntime": "onnxruntime",
}  # fmt: skip

# Broken the other way round: a recipe that is refuted as it is must be able to prove.
MENDED = {("debug-breakpoint-compiled", "not compiled")}

Trials = dict[tuple[str, str], dict[str, Any]]
_DONE: dict[str, Trials] = {}


def missing(framework: str, capability: str) -> bool:
    return importlib.util.find_spec(NEEDS.get(capability, MODULES[framework])) is None


# Each framework's recipes run in one process, made once: with several test processes it belongs to one of them.
@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.xdist_group(f"recipes-{name}")) for name in MODULES])
def framework(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if importlib.util.find_spec(MODULES[name]) is None:
        pytest.skip(f"{name} is not installed")
    return name


def asked(session: pytest.Session) -> list[str]:
    """Return the recipes that the tests of this session are about: with ``-k`` it need not be all of them."""
    found = {item.callspec.params.get("capability") for item in session.items if hasattr(item, "callspec")}
    return [name for name in CAPABILITIES if name in found]


@pytest.fixture
def trials(
    framework: str, request: pytest.FixtureRequest, servers: ForkServers, tmp_path_factory: pytest.TempPathFactory
) -> Trials:
    """Every recipe of a framework that is asked for, as it is and broken in each way, from one process."""
    if framework not in _DONE:
        environment = os.environ | {"HOME": str(tmp_path_factory.mktemp("trials"))}
        program = ("-m", "tests.probes.trials")
        with Probe(framework, program=program, environment=environment, server=servers.of(framework)) as probe:
            tried = [probe.ask("try", capability=name)["tried"] for name in asked(request.session)]
        _DONE[framework] = {(reply["capability"], reply["broken"]): reply for replies in tried for reply in replies}
    return _DONE[framework]


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_what_comes_out(framework: str, capability: str, trials: Trials) -> None:
    reply = trials[capability, ""]
    if missing(framework, capability):
        assert reply["outcome"] == "not_installed"
        return
    outcome, message = EXPECTED.get((framework, capability), ("proved", None))
    assert reply["outcome"] == outcome, reply
    if message:
        assert message in reply["message"]
    if outcome != "not_applicable":
        assert reply["proof"]
        assert reply["seconds"] < definitions.load().capabilities[capability].limits.seconds


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_each_proof_can_fail(framework: str, capability: str, trials: Trials) -> None:
    broken = {way: reply for (name, way), reply in trials.items() if name == capability and way}
    if missing(framework, capability) or trials[capability, ""]["outcome"] == "not_applicable":
        pytest.skip("nothing to break")
    if not broken:
        assert trials[capability, ""]["outcome"] == "refuted"
    for way, reply in broken.items():
        assert reply["outcome"] == ("proved" if (capability, way) in MENDED else "refuted"), (way, reply)


def test_every_capability_has_a_definition_and_a_recipe_for_each_framework() -> None:
    known = definitions.load()
    for name in CAPABILITIES:
        definition = known.capabilities[name]
        assert definition.outcomes
        for framework in MODULES:
            assert known.has_recipe(framework, definition), (framework, name)


def test_recipes_are_short_and_twins_open_alike() -> None:
    folder = resources.probes() / "frameworks"
    lengths = []
    for name in CAPABILITIES:
        texts = [(folder / each / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8") for each in MODULES]
        lengths += [len(text.splitlines()) for text in texts]
        if name != "export-torchscript":
            opened = [next(line for line in text.splitlines() if line.startswith("def run(")) for text in texts]
            assert opened[0] == opened[1], name
    assert sum(lengths) / len(lengths) <= 60
