"""Ship a network as an AOTInductor package: compiled ahead of time, run by PyTorch's library without the source."""

from __future__ import annotations

from pathlib import Path

import torch
from torchao.quantization.pt2e.quantizer.x86_inductor_quantizer import (
    X86InductorQuantizer,
    get_default_x86_inductor_quantization_config,
)

from probes import route_proof
from probes.frameworks.pytorch import export, models
from probes.frameworks.pytorch.compiler import require_compiler
from probes.proof import Proof
from probes.runtimes import torch_program
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Compile in the case's precision; the package takes float32 in and out in both precisions."""
    artifact = route_proof.artifact(case, ".pt2")
    write(export.of(case, otherwise="dynamic"), artifact)
    return route_proof.proof(case, "aotinductor", artifact, models.answer(case), batches=(1, 8))


def write(source: export.Source, artifact: Path) -> None:
    """Compile a model into a package."""
    require_compiler()
    quantizer = X86InductorQuantizer().set_global(get_default_x86_inductor_quantization_config())
    program = export.program(source, quantizer)
    signature = torch_program.written(*torch_program.of_program(program))
    settings = {"aot_inductor.metadata": {torch_program.SIGNATURE: signature}}
    with torch.no_grad():
        torch._inductor.aoti_compile_and_package(program, package_path=str(artifact), inductor_configs=settings)
