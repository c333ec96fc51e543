"""A recipe that takes memory, in itself and in a child."""

from __future__ import annotations

import subprocess
import sys

from probes.proof import Proof
from probes.workloads import Case

EATER = "import time; block = bytearray(b'x') * 300_000_000; time.sleep(600)"


def run(_case: Case) -> Proof:
    children = [subprocess.Popen([sys.executable, "-c", EATER]) for _ in range(2)]
    for child in children:
        child.wait()
    return Proof("proved")
