"""Ship a network with ONNX Runtime: export to ONNX with jax2onnx, run the file without JAX."""

from __future__ import annotations

from pathlib import Path

import onnx
from jax2onnx import to_onnx

from probes import route_proof
from probes.frameworks.jax import export, models
from probes.proof import Proof
from probes.runtimes import onnxruntime_int8
from probes.workloads import Case

# ONNX Runtime's quantizer and OpenVINO read it; the newest ones not everywhere.
OPSET = 21


def run(case: Case) -> Proof:
    """Export in the case's precision; the file takes float32 in and out in both precisions."""
    artifact = route_proof.artifact(case, ".onnx")
    write(export.of(case, otherwise="dynamic"), artifact)
    variant = onnxruntime_int8.of(case, artifact)
    return route_proof.proof(case, "onnxruntime", artifact, models.answer(case), batches=(1, 8), **variant)


def write(source: export.Source, artifact: Path) -> None:
    """Export a model in float32, in one file: int8 is made of it."""
    found = to_onnx(
        source.forward, source.examples(), input_names=[*source.inputs], output_names=[*source.outputs], opset=OPSET
    )
    onnx.save(found, artifact)
