"""Two workers that each learn at double the rate, as if gradients were added instead of averaged."""

from __future__ import annotations

from typing import Any

from probes.frameworks.tensorflow import multi_worker as right
from probes.replicas import RATE

true_worker = right.worker


def worker(rank: int, ports: list[int], folder: str) -> dict[str, Any]:
    vars(right).update(RATE=2 * RATE)
    return true_worker(rank, ports, folder)


right.worker = worker
run = right.run
