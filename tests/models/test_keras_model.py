"""A Keras model as its reader sees it: what it holds, in a process that has only its framework."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.frameworks

SCRIPT = """
import json

import keras
import numpy as np

from probes.models import keras_model
from probes.models.factories import Made
from probes.models.subject import Loading

layers = keras.layers
model = keras.Sequential(
    [keras.Input((8, 8, 3)), layers.Conv2D(4, 3, padding="same"), layers.Flatten(), layers.Dense(10)]
)
told = {"kind": "keras", "path": "net.keras", "function": "", "signature": "", "unsafe": False, "names": []}
content = keras_model.Model(Made(model=model), Loading.of(told)).content({"x": np.zeros((1, 8, 8, 3), np.float32)})
print(json.dumps([content.parameters, content.macs]))
"""


def test_multiplications_are_counted_for_one_sample() -> None:
    if importlib.util.find_spec("keras") is None:
        pytest.skip("Keras is not installed")
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=root, capture_output=True, text=True, check=True)
    parameters, macs = json.loads(done.stdout.splitlines()[-1])
    assert parameters == 4 * 28 + 10 * 257
    assert macs == pytest.approx(8 * 8 * 4 * 27 + 256 * 10, rel=0.02), "and the additions of biases"
