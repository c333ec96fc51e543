"""Run the CNN in JavaScript: write its weights, and let TensorFlow.js answer under Node.js."""

from __future__ import annotations

from pathlib import Path

from probes import javascript, native
from probes.frameworks.tensorflow import models
from probes.proof import Proof, close
from probes.workloads import Case

SCRIPT = Path(__file__).with_name("javascript.mjs")


def run(case: Case) -> Proof:
    """Hand over the weights; the layers are built again in JavaScript, where they have Keras's names. Then compare."""
    model, inputs = models.cnn(case.weights), models.natural(case.inputs)
    artifact, answers = case.folder / "weights", case.folder / "answers"
    native.write(case.folder, inputs=inputs.numpy())
    artifact.mkdir()
    native.write(artifact, **models.weights_of(model))

    version = javascript.run(SCRIPT, "@tensorflow/tfjs", artifact, case.folder / "inputs", answers)

    found, expected = native.read(answers, -1, 10), model(inputs).numpy()
    return close(found, expected, artifact=artifact, runtime=f"TensorFlow.js {version.strip()}")
