"""Data-dependent control flow through torch.compile, which leaves the graph for Python where it has to."""

from __future__ import annotations

from collections.abc import Callable

import torch

from probes import constructs
from probes.demands import judged
from probes.frameworks.pytorch.compiler import require_compiler
from probes.frameworks.pytorch.dynamic_control_flow import CONSTRUCTS
from probes.proof import Proof
from probes.workloads import Array, Case


def run(_case: Case) -> Proof:
    """Compile each construct once, and answer on both ways through it."""
    require_compiler()
    verdicts = constructs.judge(captured)
    demands = {f"{name} gives the right answer on both ways": verdict == "right" for name, verdict in verdicts.items()}
    return judged(demands, how="torch.compile", **verdicts)


def captured(name: str) -> Callable[[Array], Array]:
    """Return a construct, compiled at its first call, as a function of arrays."""
    compiled = torch.compile(CONSTRUCTS[name])
    return lambda x: compiled(torch.tensor(x)).numpy()
