"""A recipe with variants, one of which ends its process."""

from __future__ import annotations

import os

from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    if case.parameters["task"] == "crash":
        os.abort()
    return Proof("proved", {"task": case.parameters["task"], "process": os.getpid()})
