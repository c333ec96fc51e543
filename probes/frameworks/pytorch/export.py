"""Programs of torch.export, for one sample or for any batch, in float32 or quantized to int8."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

from probes import route_proof
from probes.frameworks.pytorch import models
from probes.workloads import Case


def program(case: Case, quantizer: Any, otherwise: str, *, fold: bool = True) -> torch.export.ExportedProgram:
    """Return the program of a case; `otherwise` is its batching where the case does not say.

    In int8 the `quantizer` says how, with the ranges of the activations seen on the calibration samples (PT2E); without
    a quantizer the program stays in float32. Without `fold` the weights stay in float32 before their quantization, as
    some converters want them.
    """
    exported = _export(case, models.build(case).eval(), models.natural(case.inputs), otherwise)
    if case.parameters["precision"] != "int8" or quantizer is None:
        return exported
    samples = models.natural(route_proof.calibration(case))
    model = prepare_pt2e(exported.module(), quantizer)
    for sample in samples.split(1):
        model(sample)
    return _export(case, _without_originals(convert_pt2e(model, fold_quantize=fold)), samples, otherwise)


def _without_originals(model: torch.fx.GraphModule) -> torch.fx.GraphModule:
    """Drop the float32 weights that a quantized graph computes nothing with, and would be saved with."""
    used = {node.target for node in model.graph.nodes if node.op == "get_attr"}
    for name, _ in list(model.named_parameters()):
        if name not in used:
            owner, _, attribute = name.rpartition(".")
            delattr(model.get_submodule(owner), attribute)
    return model


def input_shape(exported: torch.export.ExportedProgram) -> list[int | None]:
    """Return the shape of the one input; None stands for any size."""
    (name,) = exported.graph_signature.user_inputs
    (entry,) = (node for node in exported.graph.nodes if node.name == name)
    return [size if isinstance(size, int) else None for size in entry.meta["val"].shape]


def _export(case: Case, model: nn.Module, inputs: Tensor, otherwise: str) -> torch.export.ExportedProgram:
    if not route_proof.dynamic(case, otherwise):
        return torch.export.export(model, (inputs[:1],))
    # Runtimes that plan their memory ahead want to know the largest batch.
    batch = torch.export.Dim("batch", max=len(case.inputs))
    return torch.export.export(model, (inputs[: len(case.inputs)],), dynamic_shapes=({0: batch},))
