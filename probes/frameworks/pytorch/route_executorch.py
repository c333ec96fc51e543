"""Ship a network with ExecuTorch: export, lower to XNNPACK, run the program without PyTorch."""

from __future__ import annotations

from pathlib import Path

from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import XNNPACKQuantizer, get_symmetric_quantization_config
from executorch.exir import to_edge_transform_and_lower

from probes import route_proof
from probes.frameworks.pytorch import export, models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision; the program takes float32 in and out in both precisions."""
    artifact = route_proof.artifact(case, ".pte")
    write(export.of(case, otherwise="static"), artifact)
    return route_proof.proof(case, "executorch", artifact, models.answer(case))


def write(source: export.Source, artifact: Path) -> None:
    """Export a model into a program."""
    quantizer = XNNPACKQuantizer().set_global(get_symmetric_quantization_config(is_per_channel=True))
    program = export.program(source, quantizer)
    lowered = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])
    artifact.write_bytes(lowered.to_executorch().buffer)
