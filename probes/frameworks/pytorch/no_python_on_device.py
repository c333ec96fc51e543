"""Deploy on a device without Python: ExecuTorch's program of the CNN, and a C++ program that answers with it."""

from __future__ import annotations

from pathlib import Path

import executorch
import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.exir import to_edge_transform_and_lower

from probes import native, programs
from probes.frameworks.pytorch import models
from probes.proof import Proof, close
from probes.workloads import Case

SOURCE = Path(__file__).with_name("no_python_on_device.cc")
PACKAGE = Path(executorch.__path__[0])
LIBRARIES = (
    "-lexecutorch",
    "-lexecutorch_threadpool",
    "-lexecutorch_kernels_optimized",
    "-lexecutorch_backend_xnnpack",
)
# As the package's own executorch-config.cmake has it.
DEFINITIONS = ("-DC10_USING_CUSTOM_GENERATED_MACROS", "-DET_EVENT_TRACER_ENABLED")


def run(case: Case) -> Proof:
    """Export the model and compile the program; the program's process must not hold Python."""
    model, inputs = models.cnn(case.weights).eval(), models.natural(case.inputs)
    artifact, answers = case.folder / "cnn.pte", case.folder / "answers"
    native.write(case.folder, inputs=inputs.numpy())
    program = torch.export.export(model, (inputs,))
    artifact.write_bytes(
        to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()]).to_executorch().buffer
    )

    headers = PACKAGE / "include"
    includes = [f"-I{headers}", f"-I{headers / 'executorch/runtime/core/portable_type/c10'}"]
    libraries = native.linked(*LIBRARIES, folder=PACKAGE / "lib")
    client = native.build(SOURCE, case.folder / "client", ["-std=c++20", *DEFINITIONS, *includes, *libraries])
    questions, batch = case.folder / "inputs", str(len(inputs))
    (python,) = programs.run([client, artifact, questions, answers, batch])

    if python != "0":
        return Proof("refuted", {"python_loaded": python}, "the process that answers has loaded Python")
    expected, language = model(inputs).detach().numpy(), "C++"
    return close(native.read(answers, -1, 10), expected, artifact=artifact, format="ExecuTorch", language=language)
