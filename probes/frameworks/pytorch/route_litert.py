"""Ship a network with LiteRT: convert with litert-torch to a .tflite file, run it without PyTorch."""

from __future__ import annotations

import litert_torch
import torch
from litert_torch.quantize.pt2e_quantizer import PT2EQuantizer, get_symmetric_quantization_config
from litert_torch.quantize.quant_config import QuantConfig

from probes import route_proof
from probes.channel import ProbeError
from probes.frameworks.pytorch import export, models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Convert in the case's precision; the file takes float32 in and out in both precisions."""
    model, inputs = models.build(case).eval(), models.natural(case.inputs)
    artifact = route_proof.artifact(case, ".tflite")

    how = None
    if case.parameters["precision"] == "int8":
        quantizer = PT2EQuantizer().set_global(get_symmetric_quantization_config(is_per_channel=True))
        model = export.program(case, quantizer, otherwise="static", fold=False).module()
        how = QuantConfig(quantizer)
    if route_proof.dynamic(case, otherwise="static"):
        given, shapes = inputs, ({0: torch.export.Dim("batch", max=len(inputs))},)
    else:
        given, shapes = inputs[:1], None
    try:
        converted = litert_torch.convert(model, (given,), quant_config=how, dynamic_shapes=shapes)
    except (AssertionError, TypeError) as error:  # what the converter ends in when it meets a size that may vary
        reason = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        raise ProbeError("not_supported", f"the converter refuses: {reason}") from error
    converted.export(str(artifact))

    return route_proof.proof(case, "litert", artifact, models.answer(case))
