"""What the runtimes that are PyTorch itself share: how a loaded program is asked."""

from __future__ import annotations

from collections.abc import Callable

import torch

from probes.workloads import Array


class Program:
    """A loaded program with one input and one output.

    Attributes
    ----------
    _run : callable
        From the input's tensor to the output's.
    """

    _run: Callable[[torch.Tensor], torch.Tensor]

    def __call__(self, inputs: Array) -> Array:
        """Return the answer for `inputs`."""
        with torch.no_grad():
            answer: Array = self._run(torch.from_numpy(inputs)).numpy()
        return answer
