"""Ship a network with ExecuTorch: export, lower to XNNPACK, run the program without PyTorch."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import XNNPACKQuantizer, get_symmetric_quantization_config
from executorch.exir import to_edge_transform_and_lower
from torch import nn

from probes import int8_trial, route_proof
from probes.frameworks.pytorch import export, models
from probes.int8_trial import Way
from probes.proof import Proof
from probes.runtimes.executorch import Model
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision; the program takes float32 in and out in both precisions."""
    artifact = route_proof.artifact(case, ".pte")
    variant = write(export.of(case, otherwise="static"), artifact)
    return route_proof.proof(case, "executorch", artifact, models.answer(case), **variant)


def write(source: export.Source, artifact: Path) -> dict[str, Any]:
    """Export a model into a program.

    In int8 the ranges of the activations are those seen on the samples. Of networks of matrix products, which layer
    norms tell of, ranges that are taken as it runs are tried, too; what was tried is returned (see
    `int8_trial.choose`), and nothing where there was no choice.
    """
    if not source.int8 or not any(isinstance(module, nn.LayerNorm) for module in source.model.modules()):
        lowered(source, artifact, dynamic=False)
        return {}
    ways = [
        Way("dynamic", "int8 weights, ranges of the activations as it runs", partial(lowered, source, dynamic=True)),
        Way("static", "int8 weights and activations, ranges from samples", partial(lowered, source, dynamic=False)),
    ]
    float32 = artifact.with_suffix(".float32.pte")
    lowered(replace(source, int8=False), float32, dynamic=False)
    assert source.calibration is not None
    samples = {name: tensor.numpy() for name, tensor in source.calibration.items()}

    def path(variant: str) -> Path:
        return artifact.with_suffix(f".{variant}.pte")

    best, figures = int8_trial.choose(ways, Model, path, int8_trial.answers(Model(float32, 1), samples), samples)
    best.rename(artifact)
    return figures


def lowered(source: export.Source, artifact: Path, dynamic: bool) -> None:
    """Write a program in one way; `dynamic`: in int8 the ranges of the activations are taken as it runs."""
    config = get_symmetric_quantization_config(is_per_channel=True, is_dynamic=dynamic)
    program = export.program(source, XNNPACKQuantizer().set_global(config))
    edge = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])
    artifact.write_bytes(edge.to_executorch().buffer)
