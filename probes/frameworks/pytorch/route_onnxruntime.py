"""Ship a network with ONNX Runtime: export to ONNX, run the file without PyTorch."""

from __future__ import annotations

from pathlib import Path

import torch

from probes import route_proof
from probes.frameworks.pytorch import export, models
from probes.proof import Proof
from probes.runtimes import onnxruntime_int8
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision; the file takes float32 in and out in both precisions."""
    artifact = route_proof.artifact(case, ".onnx")
    write(export.of(case, otherwise="dynamic"), artifact)
    variant = onnxruntime_int8.of(case, artifact)
    return route_proof.proof(case, "onnxruntime", artifact, models.answer(case), batches=(1, 8), **variant)


def write(source: export.Source, artifact: Path) -> None:
    """Export a model in float32: int8 is made of the file."""
    shapes = source.shapes(bounded=False)
    given, names = source.example, [*source.inputs]
    torch.onnx.export(
        source.model,
        given,
        artifact,
        input_names=names,
        dynamo=True,
        dynamic_shapes=shapes,
        external_data=False,
        verbose=False,
    )
