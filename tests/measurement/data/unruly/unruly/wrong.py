"""A recipe whose proof fails."""

from __future__ import annotations

from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    return Proof("refuted", {"max_relative_error": 0.5}, "the answers differ")
