"""Every network in every framework: answers as the referee has them, weights that come back, true gradients."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from advisor import resources
from probes import slopes
from probes.channel import ProbeError
from probes.networks import catalog, evaluation, weights
from probes.proof import LIMIT
from tests.probes import test_frameworks
from tests.probes.test_networks import CUT, SMALL

NETWORKS = (*SMALL, *CUT)
# XLA compiles without optimising: nothing is timed here, and it takes most of the time.
HASTY = {"XLA_FLAGS": "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"}
TRAINED = ("resnet8?width=4", "autoencoder", "bert-mini?width=64&depth=1&seq=5", "unet?width=4&resolution=16")
# The folder of the recipes, and the module without which there is nothing to test.
FRAMEWORKS = {
    "pytorch": "torch",
    "tensorflow": "tensorflow",
    "keras_pytorch": "torch",
    "keras_tensorflow": "tensorflow",
    "jax": "jax",
    "keras_jax": "jax",
}
# On TensorFlow these are the models that TensorFlow's own recipes compute.
SHARED = dict.fromkeys(("keras_pytorch", "keras_tensorflow", "keras_jax"), "keras")

# One process for all networks: the import of a framework takes longer than all of them.
CODE = """
import importlib, json, os, sys
import numpy as np
from probes import parity, workloads
framework, recipes, networks, trained = json.loads(sys.argv[1])
description = importlib.import_module(f"probes.frameworks.{framework}.describe")
os.environ.update(description.environment(1))
for name in description.MODULES:
    importlib.import_module(name)
framework = recipes
models, training = (importlib.import_module(f"probes.frameworks.{framework}.{name}") for name in ("models", "training"))
inference = importlib.import_module(f"probes.frameworks.{framework}.inference")
found = {"shown": {}, "trained": {}, "lost": [], "outputs": {}}
for spec in networks:
    case = workloads.synthetic(spec, {"batch": 2})
    model = models.build(case)
    back = models.weights_of(model)
    assert back.keys() == case.weights.keys(), spec
    assert all(np.array_equal(back[name], case.weights[name]) for name in back), spec
    ready = parity.check(inference.SETTINGS["out-of-the-box"][0](case), parity.Referee(case))
    found["shown"][spec] = ready.parity["max_relative_error"]
    found["outputs"][spec] = type(model).__name__
for spec in trained:
    case = workloads.synthetic(spec, {"batch": 16})
    ready = parity.check(training.SETTINGS["out-of-the-box"][0](case), parity.Referee(case))
    found["trained"][spec] = ready.parity
json.dump(found, sys.stdout)
"""


@pytest.mark.frameworks
@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_network_is_what_the_referee_says(name: str) -> None:
    if importlib.util.find_spec(FRAMEWORKS[name]) is None:
        pytest.skip(f"{FRAMEWORKS[name]} is not installed")
    networks: tuple[str, ...] = NETWORKS
    if name in test_frameworks.FRAMEWORKS:  # what a session times is computed in `test_frameworks`, in two settings
        networks = tuple(spec for spec in NETWORKS if spec not in {cell[1] for cell in test_frameworks.CELLS})
    trained: tuple[str, ...] = TRAINED
    if name in ("keras_tensorflow", "keras_jax"):  # what they share with Keras on PyTorch is tried there
        networks, trained = NETWORKS[:2], ("mlp",)
    environment = {**os.environ, "PYTHONPATH": str(resources.probes().parent), "TF_CPP_MIN_LOG_LEVEL": "3"} | HASTY
    command = [sys.executable, "-c", CODE, json.dumps([name, SHARED.get(name, name), networks, trained])]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1500, check=False)
    assert answer.returncode == 0, answer.stderr[-2000:]
    found = json.loads(answer.stdout[answer.stdout.index('{"shown"') :])
    assert set(found["shown"]) == set(networks)
    assert max(found["shown"].values()) <= LIMIT
    for parity in found["trained"].values():
        # JAX computes the softmax of attention in float32, also where everything else is float64.
        assert parity["gradient_slope_error"] < slopes.LIMIT / 5
        assert parity["weights_max_relative_error"] < LIMIT


def torch_module(spec: str) -> Any:
    pytest.importorskip("torch")
    interpreter = importlib.import_module("probes.frameworks.pytorch.interpreter")
    network = catalog.load(spec)
    return interpreter.build(network, weights.drawn(network, np.random.default_rng(1)))


@pytest.mark.frameworks
def test_a_network_is_printed_with_its_layers_and_has_code_of_its_own() -> None:
    one, other = torch_module("resnet8"), torch_module("mlp")
    text = str(one)
    assert text.startswith("Resnet8(")
    assert "(conv1_1): Conv2d(16, 16, kernel_size=(3, 3)" in text
    assert "= self.conv1_1(relu)" in one.code
    assert type(one).forward.__code__ is not type(other).forward.__code__


@pytest.mark.frameworks
def test_all_outputs_of_a_decoding_step_are_right() -> None:
    """What comes out beside the scores goes into the cache of the next step."""
    torch = pytest.importorskip("torch")
    spec = "gpt2-decode?width=64&depth=2&heads=4&seq=6"
    model, network = torch_module(spec), catalog.load(spec)
    drawn = weights.drawn(network, np.random.default_rng(1))
    inputs = weights.inputs(network, np.random.default_rng(2), 2)
    with torch.no_grad():
        got = model(*(torch.tensor(each) for each in inputs.values()))
    expected = evaluation.outputs(network, weights.double(drawn), inputs)
    assert len(got) == len(expected) == 5
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_allclose(one.numpy(), other, atol=LIMIT)


@pytest.mark.parametrize("spec", ["mlp?width=16", "transformer?seq=5&width=16"])
def test_a_gradient_that_is_lost_or_wrong_is_found(spec: str) -> None:
    from probes import reference
    from probes.workloads import synthetic

    case = synthetic(spec, {"batch": 3})
    start = reference.as_float64(case.weights)
    _, gradients = reference.loss_and_gradients(spec, start, case.inputs, case.labels)
    about = (case.network, start, case.feeds, case.labels)
    assert slopes.judge("right", *about, gradients) < slopes.LIMIT / 10
    for name, gradient in gradients.items():
        if name.endswith("_key_bias"):  # softmax does not see it
            continue
        with pytest.raises(ProbeError, match="changes otherwise than the framework's float64 gradients say"):
            slopes.judge("lost", *about, {**gradients, name: np.zeros_like(gradient)})
    with pytest.raises(ProbeError, match="no gradient reaches dense"):
        slopes.judge("gone", *about, {name: each for name, each in gradients.items() if not name.startswith("dense")})
