"""What PyTorch's exporters see of a user's model: one call as it is, its open dimensions by name."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from probes.frameworks.pytorch import export


@dataclass(frozen=True)
class Call(export.Source):
    """A source whose inputs are those of one call: not every input has its samples in the first dimension."""

    @property
    def example(self) -> tuple[Tensor, ...]:
        """The call."""
        return tuple(self.inputs.values())

    def sizes(self) -> dict[str, list[int | None]]:
        """Return the sizes of every input; None stands for any."""
        return {
            name: [None if axis in self.free.get(name, {}) else size for axis, size in enumerate(tensor.shape)]
            for name, tensor in self.inputs.items()
        }
