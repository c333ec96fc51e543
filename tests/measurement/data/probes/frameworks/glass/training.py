"""Glass leaves while it is built for training."""

from __future__ import annotations

import os

from probes.frameworks.toy.training import plain  # type: ignore[import-untyped]

from probes.cell import Training
from probes.workloads import Case


def leaving(case: Case) -> Training:
    os._exit(7)


SETTINGS = {"out-of-the-box": (plain,), "best-known": (leaving,)}
