"""Ship a network as an AOTInductor package: compiled ahead of time, run by PyTorch's library without the source."""

from __future__ import annotations

import json

import torch
from torchao.quantization.pt2e.quantizer.x86_inductor_quantizer import (
    X86InductorQuantizer,
    get_default_x86_inductor_quantization_config,
)

from probes import route_proof
from probes.frameworks.pytorch import export, models
from probes.frameworks.pytorch.compiler import require_compiler
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Compile in the case's precision; the package takes float32 in and out in both precisions."""
    require_compiler()
    quantizer = X86InductorQuantizer().set_global(get_default_x86_inductor_quantization_config())
    artifact = route_proof.artifact(case, ".pt2")

    program = export.program(case, quantizer, otherwise="dynamic")
    shape = json.dumps(export.input_shape(program))
    settings = {"aot_inductor.metadata": {"input_shape": shape}}
    with torch.no_grad():
        torch._inductor.aoti_compile_and_package(program, package_path=str(artifact), inductor_configs=settings)

    return route_proof.proof(case, "aotinductor", artifact, models.answer(case), batches=(1, 8))
