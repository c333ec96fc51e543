"""The lines that the answer gives for a conversion: run as they stand, they leave a file that its runtime answers."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.measurement.definitions import frameworks
from advisor.measurement.worker.environment import at_home
from tests import sealed
from tests.probes.recipes import need

pytestmark = pytest.mark.frameworks

MODEL = {
    "pytorch": "import torch\nmodel = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU())\n"
    "example = torch.ones(1, 4)\nexpected = model(example).detach().numpy()\n",
    "tensorflow": "import keras\nimport numpy as np\nmodel = keras.Sequential([keras.Input((4,)), "
    "keras.layers.Dense(3, activation='relu')])\nexample = np.ones((1, 4), np.float32)\n"
    "expected = model(example).numpy()\n",
    "jax": "import jax.numpy as jnp\nfrom flax import nnx\n"
    "model = nnx.Sequential(nnx.Linear(4, 3, rngs=nnx.Rngs(0)), nnx.relu)\n"
    "example = jnp.ones((1, 4))\nexpected = np.asarray(model(example))\n",
    "keras_pytorch": "import os\nos.environ['KERAS_BACKEND'] = 'torch'\nimport keras\nmodel = keras.Sequential("
    "[keras.Input((4,)), keras.layers.Dense(3, activation='relu')])\nexample = np.ones((1, 4), np.float32)\n"
    "expected = model(example).detach().numpy()\n",
}
NEEDS = {
    "pytorch": ["torch"],
    "tensorflow": ["tensorflow"],
    "keras_pytorch": ["torch", "keras"],
    "jax": ["jax", "flax"],
}
ANSWER = {
    "executorch": "from executorch.runtime import Runtime\nprogram = Runtime.get().load_program('model.pte')\n"
    "answer = program.load_method('forward').execute([example])[0].numpy()\n",
    "onnxruntime": "import onnxruntime\nsession = onnxruntime.InferenceSession('model.onnx')\n"
    "answer = session.run(None, {session.get_inputs()[0].name: np.asarray(example)})[0]\n",
    "openvino": "import openvino\nprecise = {'INFERENCE_PRECISION_HINT': 'f32'}\n"
    "answer = openvino.Core().compile_model('model.xml', 'CPU', precise)(np.asarray(example))[0]\n",
    "litert": "from ai_edge_litert.interpreter import Interpreter\nthere = Interpreter('model.tflite')\n"
    "there.allocate_tensors()\nthere.set_tensor(there.get_input_details()[0]['index'], np.asarray(example))\n"
    "there.invoke()\nanswer = there.get_tensor(there.get_output_details()[0]['index'])\n",
}
MODULES = {
    "executorch": "executorch", "onnxruntime": "onnxruntime", "openvino": "openvino", "litert": "ai_edge_litert",
}  # fmt: skip
CASES = [
    (name, route) for name, each in frameworks().items() for route in each.convert if route in each.routes
]  # fmt: skip


@pytest.mark.parametrize(("framework", "route"), CASES)
def test_what_is_told_converts_a_model(framework: str, route: str, tmp_path: Path) -> None:
    for name in NEEDS[framework]:
        need(name)
    need(MODULES[route])
    convert = frameworks()[framework].convert[route]
    if "litert-torch" in convert.packages and importlib.util.find_spec("litert_torch") is None:
        # It stands in an environment of its own, where somebody made it; no extra that is tested brings it.
        pytest.skip("litert-torch is not installed: advisor env create litert-torch")
    check = "np.testing.assert_allclose(answer, expected, rtol=1e-4, atol=1e-5)\nprint('agrees')\n"
    script = f"import numpy as np\n{MODEL[framework]}{convert.code}{ANSWER[route]}{check}"
    done = subprocess.run(
        [*sealed.prefix(tmp_path / "calls"), sys.executable, "-W", "ignore", "-c", script], cwd=tmp_path,
        env=at_home(tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1:] == ["agrees"], done.stderr[-2000:]
