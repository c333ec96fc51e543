"""Share memory between NumPy and PyTorch without a copy, and calculate with it in either."""

from __future__ import annotations

import numpy as np
import torch

from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Write into an array, and look for it in the tensor; ask for the tensor's array twice."""
    array = np.zeros(1024, np.float32)
    tensor = torch.from_numpy(array)
    array[0] = 1
    figures = {
        "shares_from_numpy": float(tensor[0]) == 1,
        "shares_to_numpy": np.shares_memory(tensor.numpy(), tensor.numpy()),
        "plus_operator": (torch.tensor([1, 2]) + torch.tensor([3, 4])).tolist() == [4, 6],
        "numpy_functions": np.allclose(np.exp(torch.ones(3)), np.e),
    }
    demands = {
        "a tensor shares the array's memory": figures["shares_from_numpy"],
        "an array shares the tensor's memory": figures["shares_to_numpy"],
        "the plus sign adds": figures["plus_operator"],
        "NumPy's functions take a tensor": figures["numpy_functions"],
    }
    return judged(demands, **figures)
