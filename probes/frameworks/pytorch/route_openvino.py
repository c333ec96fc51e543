"""Ship a network with OpenVINO: convert the exported program, run the files without PyTorch."""

from __future__ import annotations

from probes import route_proof
from probes.frameworks.pytorch import export, models
from probes.proof import Proof
from probes.runtimes import openvino_export
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Convert in the case's precision; the model takes float32 in and out in both precisions."""
    artifact = route_proof.artifact(case, "-openvino")
    source = export.of(case, otherwise="dynamic")
    samples = route_proof.calibration(case) if source.int8 else None
    variant = openvino_export.save(export.program(source, None), source.sizes(), artifact, samples)
    return route_proof.proof(case, "openvino", artifact, models.answer(case), batches=(1, 8), **variant)
