"""Ship a network as TorchScript, which is deprecated; the file runs in PyTorch without the source of the model."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import nn
from torch.utils import _pytree

from probes import route_proof
from probes.frameworks.pytorch import export, models
from probes.proof import Proof
from probes.runtimes import Slot, torch_program
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Trace in the case's precision (int8: dense layers and LSTM with dynamic ranges), for any batch."""
    artifact = route_proof.artifact(case, ".pt")
    write(export.of(case, otherwise="dynamic"), artifact)
    return route_proof.proof(case, "torchscript", artifact, models.answer(case), batches=(1, 8))


def write(source: export.Source, artifact: Path) -> None:
    """Trace a model into a file; a trace does what the model did with these samples, and no size in it is checked."""
    given = tuple(tensor[:2] for tensor in source.inputs.values())
    model = source.model
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if source.int8:
            model = torch.ao.quantization.quantize_dynamic(model, {nn.Linear, nn.LSTM}, torch.qint8)
        with torch.no_grad():
            traced = torch.jit.trace(model, given)
            answers = _pytree.tree_leaves(traced(*given))
        inputs = [Slot(name, _name(source.inputs[name]), (None, *sizes[1:])) for name, sizes in source.sizes().items()]
        # A trace tells nothing of the sizes that may vary.
        outputs = [Slot("", _name(each), (None,) * each.ndim) for each in answers]
        extra = {torch_program.SIGNATURE: torch_program.written(inputs, outputs)}
        torch.jit.save(traced, artifact, _extra_files=extra)


def _name(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
