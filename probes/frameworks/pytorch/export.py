"""Programs of torch.export, for one sample or for any batch, in float32 or quantized to int8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

from probes import feeds, route_proof
from probes.arrays import Array
from probes.feeds import Feed
from probes.frameworks.pytorch import models
from probes.workloads import Case

Tensors = Mapping[str, Tensor]


@dataclass(frozen=True)
class Source:
    """What is exported: a model, and samples in its own layout.

    Attributes
    ----------
    model : Module
        In evaluation mode.
    inputs : mapping of str to Tensor
        N samples of every input, by name, in the order of the model's arguments.
    int8 : bool
        Whether it is to be quantized.
    calibration : mapping of str to Tensor, optional
        Samples for that, as `inputs`.
    free : mapping
        For every input the dimensions that may vary, each with its name and the largest size; nothing: all are fixed,
        and the batch is one sample.
    """

    model: nn.Module
    inputs: Tensors
    int8: bool = False
    calibration: Tensors | None = None
    free: Mapping[str, Mapping[int, tuple[str, int]]] = field(default_factory=dict)

    @property
    def example(self) -> tuple[Tensor, ...]:
        """What the exporter sees: one sample, or all of them where the batch may vary."""
        return tuple(self.inputs.values()) if self.free else one(self.inputs)

    def shapes(self, *, bounded: bool = True) -> tuple[dict[int, Any], ...] | None:
        """Return the dimensions that may vary, for `torch.export`; runtimes that plan their memory want the largest."""
        if not self.free:
            return None
        known = {name: most for axes in self.free.values() for name, most in axes.values()}
        dims = {name: torch.export.Dim(name, max=most if bounded else None) for name, most in known.items()}
        return tuple(
            {axis: dims[name] for axis, (name, _) in self.free.get(each, {}).items()} or {} for each in self.inputs
        )

    def sizes(self) -> dict[str, list[int | None]]:
        """Return the sizes of every input; None stands for any."""
        return {
            name: [
                None if axis in self.free.get(name, {}) else size if axis or self.free else 1
                for axis, size in enumerate(tensor.shape)
            ]
            for name, tensor in self.inputs.items()
        }


def of(case: Case, otherwise: str) -> Source:
    """Return what a case exports; `otherwise` is its batching where the case does not say."""
    int8 = case.parameters["precision"] == "int8"
    inputs = tensors(case.inputs)
    most = feeds.count(feeds.of(case.inputs))
    return Source(
        model=models.build(case).eval(),
        inputs=inputs,
        int8=int8,
        calibration=tensors(route_proof.calibration(case)) if int8 else None,
        free={name: {0: ("batch", most)} for name in inputs} if route_proof.dynamic(case, otherwise) else {},
    )


def tensors(inputs: Array | Feed) -> Tensors:
    """Return copies of arrays as tensors in the layout of PyTorch's models."""
    return {name: models.natural(array) for name, array in feeds.of(inputs).items()}


def one(samples: Tensors, number: int = 0) -> tuple[Tensor, ...]:
    """Return one sample of every input."""
    return tuple(tensor[number : number + 1] for tensor in samples.values())


def program(source: Source, quantizer: Any, *, fold: bool = True) -> torch.export.ExportedProgram:
    """Return the program of a model.

    In int8 the `quantizer` says how, with the ranges of the activations seen on the calibration samples (PT2E); without
    a quantizer the program stays in float32. Without `fold` the weights stay in float32 before their quantization, as
    some converters want them.
    """
    exported = _exported(source)
    if not source.int8 or quantizer is None:
        return exported
    assert source.calibration is not None
    model = prepare_pt2e(exported.module(), quantizer)
    for number in range(len(next(iter(source.calibration.values())))):
        model(*one(source.calibration, number))
    return _exported(replace(source, model=_without_originals(convert_pt2e(model, fold_quantize=fold))))


def _exported(source: Source) -> torch.export.ExportedProgram:
    return torch.export.export(source.model, source.example, dynamic_shapes=source.shapes())


def _without_originals(model: torch.fx.GraphModule) -> torch.fx.GraphModule:
    """Drop the float32 weights that a quantized graph computes nothing with, and would be saved with."""
    used = {node.target for node in model.graph.nodes if node.op == "get_attr"}
    for name, _ in list(model.named_parameters()):
        if name not in used:
            owner, _, attribute = name.rpartition(".")
            delattr(model.get_submodule(owner), attribute)
    return model
