"""Deploy on a device without Python: LiteRT's file of the CNN, and a C program that answers with it."""

from __future__ import annotations

from pathlib import Path

import ai_edge_litert
import tensorflow as tf

from probes import native, programs
from probes.frameworks.tensorflow import models
from probes.proof import Proof, close
from probes.workloads import Case

SOURCE = native.INCLUDE / "litert_client.c"
PACKAGE = Path(ai_edge_litert.__path__[0])


def run(case: Case) -> Proof:
    """Export the model and compile the program; the program's process must not hold Python."""
    model, inputs = models.cnn(case.weights), models.natural(case.inputs)
    artifact, answers = case.folder / "cnn.tflite", case.folder / "answers"
    native.write(case.folder, inputs=inputs.numpy())
    artifact.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())

    libraries = native.linked("-lLiteRt", folder=PACKAGE)
    client = native.build(SOURCE, case.folder / "client", libraries)
    (python,) = programs.run([client, artifact, case.folder / "inputs", answers])

    if python != "0":
        return Proof("refuted", {"python_loaded": python}, "the process that answers has loaded Python")
    expected, language = model(inputs).numpy(), "C"
    return close(native.read(answers, -1, 10), expected, artifact=artifact, format="LiteRT", language=language)
