"""A recipe that starts ever more processes."""

from __future__ import annotations

import subprocess
import time

from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    children: list[subprocess.Popen[bytes]] = []
    while len(children) < 500:
        children.append(subprocess.Popen(["sleep", "600"], start_new_session=True))
        time.sleep(0.005)
    return Proof("proved")
