"""Deploy without Python: AOTInductor compiles the CNN, and a C++ program answers with it."""

from __future__ import annotations

from pathlib import Path

import torch
from torch.utils import cpp_extension

from probes import native, programs
from probes.frameworks.pytorch import models
from probes.proof import Proof, close
from probes.workloads import Case

SOURCE = Path(__file__).with_name("no_python_deployment.cc")
LIBRARIES = Path(torch.__file__).parent / "lib"


def run(case: Case) -> Proof:
    """Compile model and program; the program's process must not hold Python."""
    model, inputs = models.cnn(case.weights).eval(), models.natural(case.inputs)
    artifact, answers = case.folder / "cnn.pt2", case.folder / "answers"
    native.write(case.folder, inputs=inputs.numpy())
    with torch.no_grad():
        program = torch.export.export(model, (inputs,))
        torch._inductor.aoti_compile_and_package(program, package_path=str(artifact))

    headers = [f"-I{path}" for path in cpp_extension.include_paths()]
    libraries = native.linked("-ltorch", "-ltorch_cpu", "-lc10", folder=LIBRARIES)
    client = native.build(SOURCE, case.folder / "client", ["-std=c++20", *headers, *libraries])
    questions, batch = case.folder / "inputs", str(len(inputs))
    (python,) = programs.run([client, artifact, questions, answers, batch])

    if python != "0":
        return Proof("refuted", {"python_loaded": python}, "the process that answers has loaded Python")
    expected, language = model(inputs).detach().numpy(), "C++"
    return close(native.read(answers, -1, 10), expected, artifact=artifact, format="AOTInductor", language=language)
