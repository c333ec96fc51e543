"""A recipe that needs a package which nobody has."""

from __future__ import annotations

import no_such_package  # type: ignore[import-not-found]

from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    return Proof("proved", {"version": no_such_package.__version__})
