"""A recipe that finds the channel itself and writes what is no answer."""

from __future__ import annotations

import contextlib
import os

from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    for descriptor in range(64):
        with contextlib.suppress(OSError):
            os.write(descriptor, b"\xff\xfe not JSON\n[1, 2]\n\n")
    return Proof("proved")
