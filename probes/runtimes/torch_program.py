"""What the runtimes that are PyTorch itself share: how a loaded program is asked, and what a file says of itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch.utils import _pytree

from probes.arrays import Array
from probes.runtimes import Slot

SIGNATURE = "signature"
"""Under this name a file whose format has no place for it holds its inputs and outputs (see `written`)."""


class Program:
    """A loaded program.

    Attributes
    ----------
    inputs, outputs : tuple of Slot
        As of `probes.runtimes.Model`.
    _run : callable
        From the inputs' tensors to the outputs', alone or in whatever the model gives them.
    """

    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    _run: Callable[..., Any]

    def __call__(self, *given: Array) -> list[Array]:
        """Return the answers."""
        with torch.no_grad():
            answer = self._run(*map(torch.from_numpy, given))
        if isinstance(answer, torch.Tensor):
            return [answer.numpy()]
        return [each.numpy() for each in _pytree.tree_leaves(answer)]


def of_program(program: torch.export.ExportedProgram) -> tuple[tuple[Slot, ...], tuple[Slot, ...]]:
    """Return the inputs and the outputs of an exported program."""
    values = {node.name: node.meta["val"] for node in program.graph.nodes if "val" in node.meta}
    signature = program.graph_signature
    return _slots(signature.user_inputs, values), _slots(signature.user_outputs, values)


def written(inputs: Iterable[Slot], outputs: Iterable[Slot]) -> str:
    """Return inputs and outputs as text for a file; `read` reads it."""
    return json.dumps([[[slot.name, slot.dtype, slot.shape] for slot in slots] for slots in (inputs, outputs)])


def read(text: str) -> tuple[tuple[Slot, ...], tuple[Slot, ...]]:
    """Return the inputs and the outputs that `written` wrote."""
    entries, results = (
        tuple(Slot(name, dtype, tuple(shape)) for name, dtype, shape in slots) for slots in json.loads(text)
    )
    return entries, results


def _slots(names: Iterable[Any], values: dict[str, Any]) -> tuple[Slot, ...]:
    return tuple(
        Slot(
            name,
            str(values[name].dtype).removeprefix("torch."),
            tuple(size if isinstance(size, int) else None for size in values[name].shape),
        )
        for name in names
    )
