"""A recipe that leaves a child, a daemon in a session of its own, and a copy of its own process."""

from __future__ import annotations

import os
import subprocess
import sys

from probes.proof import Proof
from probes.workloads import Case

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def run(_case: Case) -> Proof:
    child = subprocess.Popen(SLEEP, stdout=subprocess.DEVNULL)
    daemon = subprocess.Popen(SLEEP, start_new_session=True, stdout=subprocess.DEVNULL)
    copy = os.fork()
    return Proof("proved", {"children": [child.pid, daemon.pid, copy]})
