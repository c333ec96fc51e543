"""Our blocks against torch.utils.benchmark, in one process, in turns."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

from benchmarks.fidelity.sessions import Effort
from benchmarks.tables import Result

ENOUGH = 20


def results(effort: Effort) -> list[Result]:
    """Run the pairs in a process of their own, which imports PyTorch."""
    command = [sys.executable, "-m", "benchmarks.fidelity.torch_pairs", str(12 if effort.limited else ENOUGH)]
    found: list[float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if not found:
        return [
            Result("Block mean over torch.utils.benchmark's", "no pair was left alone", "0.97 to 1.03", holds=False)
        ]
    middle = median(found)
    return [
        Result(
            f"Block mean over torch.utils.benchmark's, {len(found)} accepted pairs",
            f"median {middle:.3f} ({min(found):.3f} to {max(found):.3f})",
            "0.97 to 1.03",
            0.97 <= middle <= 1.03,
        )
    ]
