"""Deploy on a device without Python: LiteRT's file of the CNN, through jax2tf, and a C program that answers with it."""

from __future__ import annotations

from pathlib import Path

import ai_edge_litert

from probes import native, programs
from probes.frameworks.jax import export, models, route_litert
from probes.proof import Proof, close
from probes.workloads import Case

SOURCE = native.INCLUDE / "litert_client.c"
PACKAGE = Path(ai_edge_litert.__path__[0])


def run(case: Case) -> Proof:
    """Export the model and compile the program; the program's process must not hold Python."""
    model = models.cnn(case.weights)
    artifact, answers = case.folder / "cnn.tflite", case.folder / "answers"
    native.write(case.folder, inputs=case.inputs)
    route_litert.write(export.of_model(model, case, batch=1), artifact)

    libraries = native.linked("-lLiteRt", folder=PACKAGE)
    client = native.build(SOURCE, case.folder / "client", libraries)
    (python,) = programs.run([client, artifact, case.folder / "inputs", answers])

    if python != "0":
        return Proof("refuted", {"python_loaded": python}, "the process that answers has loaded Python")
    expected = models.array(models.call(model, models.natural(case.inputs)))
    return close(native.read(answers, -1, 10), expected, artifact=artifact, format="LiteRT", language="C")
