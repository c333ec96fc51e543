"""A recipe that writes answers to standard output, where no answers are expected."""

from __future__ import annotations

import os
import sys

from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    sys.stdout.write('{"id": 2, "outcome": "refuted"}\n')
    sys.stdout.flush()
    os.write(1, b'\xff\xfe not JSON\n{"id": 2, "outcome": "refuted"}\n')
    return Proof("proved")
