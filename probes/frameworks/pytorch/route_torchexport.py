"""Ship a network as a torch.export program, which runs in PyTorch without the source of the model."""

from __future__ import annotations

from pathlib import Path

import torch
from torchao.quantization.pt2e.quantizer.x86_inductor_quantizer import (
    X86InductorQuantizer,
    get_default_x86_inductor_quantization_config,
)

from probes import route_proof
from probes.frameworks.pytorch import export, models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision; the program takes float32 in and out in both precisions."""
    artifact = route_proof.artifact(case, ".pt2")
    write(export.of(case, otherwise="dynamic"), artifact)
    return route_proof.proof(case, "torchexport", artifact, models.answer(case), batches=(1, 8))


def write(source: export.Source, artifact: Path) -> None:
    """Export a model into a program."""
    quantizer = X86InductorQuantizer().set_global(get_default_x86_inductor_quantization_config())
    torch.export.save(export.program(source, quantizer), artifact)
