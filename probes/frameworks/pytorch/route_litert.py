"""Ship a network with LiteRT: convert with litert-torch to a .tflite file, run it without PyTorch."""

from __future__ import annotations

from pathlib import Path

import litert_torch
from litert_torch.quantize.pt2e_quantizer import PT2EQuantizer, get_symmetric_quantization_config
from litert_torch.quantize.quant_config import QuantConfig

from probes import route_proof
from probes.channel import ProbeError
from probes.frameworks.pytorch import export, models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Convert in the case's precision; the file takes float32 in and out in both precisions."""
    artifact = route_proof.artifact(case, ".tflite")
    write(export.of(case, otherwise="static"), artifact)
    return route_proof.proof(case, "litert", artifact, models.answer(case))


def write(source: export.Source, artifact: Path) -> None:
    """Convert a model into a file."""
    model, how = source.model, None
    if source.int8:
        quantizer = PT2EQuantizer().set_global(get_symmetric_quantization_config(is_per_channel=True))
        model = export.program(source, quantizer, fold=False).module()
        how = QuantConfig(quantizer)
    try:
        converted = litert_torch.convert(model, source.example, quant_config=how, dynamic_shapes=source.shapes())
    except (AssertionError, TypeError) as error:  # what the converter ends in when it meets a size that may vary
        reason = f"{type(error).__name__}: {''.join(str(error).splitlines()[:1]) or 'without a word'}"
        raise ProbeError("not_supported", f"the converter refuses: {reason}") from error
    converted.export(str(artifact))
