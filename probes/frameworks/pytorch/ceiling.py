"""The most that PyTorch's matrix products reach."""

from __future__ import annotations

import torch

from probes import peaks
from probes.figures import Figures


def measure() -> Figures:
    """Multiply large matrices."""
    one, other = (torch.from_numpy(matrix) for matrix in peaks.matrices())
    answer = torch.empty_like(one)
    with torch.inference_mode():
        return peaks.products("torch.matmul", lambda: torch.matmul(one, other, out=answer))
