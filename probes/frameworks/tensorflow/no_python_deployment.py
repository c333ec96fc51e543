"""Deploy without Python: the CNN is saved as a SavedModel, and a C program answers with it."""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from probes import native, programs
from probes.frameworks.tensorflow import models
from probes.proof import Proof, close
from probes.workloads import Case

SOURCE = native.INCLUDE / "savedmodel_client.c"
LIBRARIES = Path(tf.sysconfig.get_lib())


def run(case: Case) -> Proof:
    """Export the model and compile the program; the program's process must not hold Python."""
    model, inputs = models.cnn(case.weights), models.natural(case.inputs)
    artifact, answers = case.folder / "cnn", case.folder / "answers"
    native.write(case.folder, inputs=inputs.numpy())
    model.export(artifact, verbose=False)

    headers = tf.sysconfig.get_compile_flags()
    libraries = native.linked("-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2", folder=LIBRARIES)
    client = native.build(SOURCE, case.folder / "client", [*headers, *libraries])
    (python,) = programs.run(
        [client, artifact, case.folder / "inputs", answers, str(len(inputs)), *operations(artifact)]
    )

    if python != "0":
        return Proof("refuted", {"python_loaded": python}, "the process that answers has loaded Python")
    expected, language = model(inputs).numpy(), "C"
    return close(native.read(answers, -1, 10), expected, artifact=artifact, format="SavedModel", language=language)


def operations(artifact: Path) -> tuple[str, str]:
    """Return the names of the operations that take the input and give the output."""
    saved = saved_model_pb2.SavedModel.FromString((artifact / "saved_model.pb").read_bytes())
    signature = saved.meta_graphs[0].signature_def["serving_default"]
    (taken,), (given,) = signature.inputs.values(), signature.outputs.values()
    return taken.name.split(":")[0], given.name.split(":")[0]
