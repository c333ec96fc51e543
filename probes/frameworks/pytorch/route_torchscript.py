"""Ship a network as TorchScript, which is deprecated; the file runs in PyTorch without the source of the model."""

from __future__ import annotations

import json
import warnings

import torch
from torch import nn

from probes import route_proof
from probes.frameworks.pytorch import models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Trace in the case's precision (int8: dense layers and LSTM with dynamic ranges), for any batch."""
    model, inputs = models.build(case).eval(), models.natural(case.inputs)
    artifact = route_proof.artifact(case, ".pt")
    expected = models.answer(case)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if case.parameters["precision"] == "int8":
            model = torch.ao.quantization.quantize_dynamic(model, {nn.Linear, nn.LSTM}, torch.qint8)
        with torch.no_grad():
            traced = torch.jit.trace(model, (inputs[:2],))
        shape = json.dumps([None, *inputs.shape[1:]])
        torch.jit.save(traced, artifact, _extra_files={"input_shape": shape})

    return route_proof.proof(case, "torchscript", artifact, expected, batches=(1, 8))
