"""Ship a network with ONNX Runtime: export to ONNX, run the file without TensorFlow."""

from __future__ import annotations

from pathlib import Path

from probes import route_proof
from probes.frameworks.tensorflow import export
from probes.proof import Proof
from probes.runtimes import onnxruntime_int8
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision; the file takes float32 in and out in both precisions."""
    source, artifact = export.of(case, otherwise="dynamic"), route_proof.artifact(case, ".onnx")
    expected = source.answer()
    write(source, artifact)
    variant = onnxruntime_int8.of(case, artifact)
    return route_proof.proof(case, "onnxruntime", artifact, expected, batches=(1, 8), **variant)


def write(source: export.Source, artifact: Path) -> None:
    """Export a model in float32: int8 is made of the file."""
    source.model.export(artifact, format="onnx", verbose=False, input_signature=source.signature())
