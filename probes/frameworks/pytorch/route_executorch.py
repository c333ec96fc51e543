"""Ship the CNN with ExecuTorch: export, lower to XNNPACK, run the program without PyTorch."""

from __future__ import annotations

import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import XNNPACKQuantizer, get_symmetric_quantization_config
from executorch.exir import to_edge_transform_and_lower
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

from probes import shipped
from probes.frameworks.pytorch import models
from probes.proof import Proof
from probes.workloads import Array, Case


def run(case: Case) -> Proof:
    """Export in the case's precision; the program takes one image, float32 in and out in both precisions."""
    model = models.cnn(case.weights).eval()
    inputs = models.natural(case.inputs)
    artifact = case.folder / f"cnn-{case.parameters['precision']}.pte"

    program = torch.export.export(model, (inputs[:1],))
    if case.parameters["precision"] == "int8":
        program = quantised(program, shipped.calibration(case))
    lowered = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])
    artifact.write_bytes(lowered.to_executorch().buffer)

    return shipped.proof(case, "executorch", artifact, model(inputs).detach().numpy())


def quantised(program: torch.export.ExportedProgram, samples: Array) -> torch.export.ExportedProgram:
    """Return the program in int8: weights per channel, activations with the ranges seen on the calibration samples."""
    quantizer = XNNPACKQuantizer().set_global(get_symmetric_quantization_config(is_per_channel=True))
    model = prepare_pt2e(program.module(), quantizer)
    images = models.natural(samples)
    for image in images.split(1):
        model(image)
    return torch.export.export(convert_pt2e(model), (images[:1],))
