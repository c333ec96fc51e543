"""A recipe that leaves a child, a daemon, a copy of its own process, and an orphan with nothing of its surroundings."""

from __future__ import annotations

import os
import subprocess
import sys

from probes.proof import Proof
from probes.workloads import Case

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
ORPHAN = "env -i setsid sleep 600 >/dev/null 2>&1 </dev/null & echo $!"


def run(_case: Case) -> Proof:
    child = subprocess.Popen(SLEEP, stdout=subprocess.DEVNULL)
    daemon = subprocess.Popen(SLEEP, start_new_session=True, stdout=subprocess.DEVNULL)
    orphan = int(subprocess.check_output(["sh", "-c", ORPHAN]))
    copy = os.fork()
    return Proof("proved", {"children": [child.pid, daemon.pid, orphan, copy]})
