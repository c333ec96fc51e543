"""Run the CNN in JavaScript: export to ONNX with jax2onnx, and let ONNX Runtime Web answer under Node.js."""

from __future__ import annotations

import onnx
from jax2onnx import to_onnx

from probes import javascript, native
from probes.frameworks.jax import models
from probes.proof import Proof, close
from probes.workloads import Case

SCRIPT = javascript.FOLDER / "onnx_client.mjs"


def run(case: Case) -> Proof:
    """Hand over the model as a file, and compare."""
    model = models.cnn(case.weights)
    artifact, answers = case.folder / "cnn.onnx", case.folder / "answers"
    native.write(case.folder, inputs=case.inputs)
    # One channel: its place among the axes, where the script has it first, changes no byte.
    onnx.save(to_onnx(model, [case.inputs.shape], inputs_as_nchw=[0], opset=21), artifact)

    version = javascript.run(SCRIPT, "onnxruntime-web", artifact, case.folder / "inputs", answers)

    expected = models.array(models.call(model, models.natural(case.inputs)))
    runtime = f"ONNX Runtime Web {version.strip()}"
    return close(native.read(answers, -1, 10), expected, artifact=artifact, runtime=runtime)
