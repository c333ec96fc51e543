"""Ship a network with ExecuTorch: export, lower to XNNPACK, run the program without PyTorch."""

from __future__ import annotations

from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import XNNPACKQuantizer, get_symmetric_quantization_config
from executorch.exir import to_edge_transform_and_lower

from probes import route_proof
from probes.frameworks.pytorch import export, models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision; the program takes float32 in and out in both precisions."""
    quantizer = XNNPACKQuantizer().set_global(get_symmetric_quantization_config(is_per_channel=True))
    artifact = route_proof.artifact(case, ".pte")

    program = export.program(case, quantizer, otherwise="static")
    lowered = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])
    artifact.write_bytes(lowered.to_executorch().buffer)

    return route_proof.proof(case, "executorch", artifact, models.answer(case))
