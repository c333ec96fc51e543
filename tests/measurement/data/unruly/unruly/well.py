"""A recipe that behaves."""

from __future__ import annotations

from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    artifact = case.folder / "well.txt"
    artifact.write_text("well")
    return Proof("proved", {"artifact": str(artifact), "samples": len(case.inputs)})
