"""Quantize a trained CNN to int8 with torchao's PT2E for ExecuTorch, and compare it with the float32 program."""

from __future__ import annotations

import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import XNNPACKQuantizer, get_symmetric_quantization_config
from executorch.exir import to_edge_transform_and_lower
from torch.export import ExportedProgram
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

from probes import quantization
from probes.frameworks.pytorch import models
from probes.proof import Proof
from probes.workloads import Array, Case


def run(case: Case) -> Proof:
    """Export before and after, and ask both files for every held-out digit."""
    digits = quantization.trained(case)
    model = models.cnn(digits.weights).eval()
    float32, int8 = case.folder / "float32.pte", case.folder / "int8.pte"

    program = torch.export.export(model, (models.natural(digits.held_out[:1]),))
    float32.write_bytes(lowered(program))
    int8.write_bytes(lowered(in_int8(program, digits.calibration)))

    with torch.no_grad():
        expected = model(models.natural(digits.held_out)).numpy()
    return quantization.compared(digits, "executorch", float32, int8, expected)


def in_int8(program: ExportedProgram, samples: Array) -> ExportedProgram:
    """Return the program in int8: weights per channel, activations with the ranges seen on the samples."""
    quantizer = XNNPACKQuantizer().set_global(get_symmetric_quantization_config(is_per_channel=True))
    observed = prepare_pt2e(program.module(), quantizer)
    images = models.natural(samples)
    for image in images.split(1):
        observed(image)
    return torch.export.export(convert_pt2e(observed), (images[:1],))


def lowered(program: ExportedProgram) -> bytes:
    """Return the program for ExecuTorch, with XNNPACK's kernels."""
    return to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()]).to_executorch().buffer
