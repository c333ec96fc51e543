"""Run the CNN in JavaScript: export to ONNX, and let ONNX Runtime Web answer under Node.js."""

from __future__ import annotations

import torch

from probes import javascript, native
from probes.frameworks.pytorch import models
from probes.proof import Proof, close
from probes.workloads import Case

SCRIPT = javascript.FOLDER / "onnx_client.mjs"


def run(case: Case) -> Proof:
    """Hand over the model as a file, and compare."""
    model, inputs = models.cnn(case.weights).eval(), models.natural(case.inputs)
    artifact, answers = case.folder / "cnn.onnx", case.folder / "answers"
    native.write(case.folder, inputs=inputs.numpy())
    torch.onnx.export(model, (inputs,), artifact, dynamo=True, external_data=False, verbose=False)

    version = javascript.run(SCRIPT, "onnxruntime-web", artifact, case.folder / "inputs", answers)

    found, expected = native.read(answers, -1, 10), model(inputs).detach().numpy()
    return close(found, expected, artifact=artifact, runtime=f"ONNX Runtime Web {version.strip()}")
