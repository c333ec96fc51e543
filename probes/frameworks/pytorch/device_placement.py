"""Say where PyTorch puts a tensor: nowhere named, named, and on a device that is not there."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from probes import python_process
from probes.demands import judged
from probes.proof import Proof
from probes.tracebacks import first_line
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Look in a fresh process, whose devices nobody has touched."""
    seen = python_process.call(look)
    demands = {
        "a model runs without naming a device": seen["runs_without_device"],
        "a tensor lies where it was put": seen["placed"] == seen["asked"],
        "the memory taken on an accelerator can be limited": seen["memory_controls"] != [],
    }
    return judged(demands, **seen)


def look() -> dict[str, Any]:
    """Return the devices, and where tensors went."""
    devices = ["cpu", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
    unnamed = nn.Linear(2, 2)(torch.ones(1, 2)).device
    # The meta device holds shapes without numbers; it is there on every machine, and it is not the default.
    with torch.device("meta"):
        placed = nn.Linear(2, 2).weight.device
    try:
        missing = str(torch.ones(1, device="cuda:99").device)
    except (RuntimeError, AssertionError) as error:
        missing = f"refused: {first_line(error)}"
    controls = ["set_per_process_memory_fraction", "empty_cache"]
    return {
        "devices": devices,
        "runs_without_device": str(unnamed) in devices,
        "unnamed": str(unnamed),
        "asked": "meta",
        "placed": str(placed),
        "missing_device": missing,
        "memory_controls": [f"torch.cuda.{name}" for name in controls if hasattr(torch.cuda, name)],
    }
