"""A recipe that proves: the weights survive a file. With another precision it misbehaves."""

from __future__ import annotations

import sys

import numpy as np

from probes import reference
from probes.proof import Proof, close
from probes.workloads import Case


def run(case: Case) -> Proof:
    if case.parameters["precision"] == "exit":
        sys.exit("this recipe ends the process")
    if case.parameters["precision"] == "absent":
        import a_module_that_nobody_has  # type: ignore[import-not-found]  # noqa: F401
    if case.parameters["precision"] == "wrong":
        raise ValueError("the exporter refuses\nfor a reason")
    artifact = case.folder / "cnn.npz"
    np.savez(artifact, allow_pickle=False, **case.weights)
    print("exported")  # noqa: T201 - what must not reach the channel
    got = reference.forward("cnn", case.weights, case.inputs)
    factor = 1.5 if case.parameters["precision"] == "int1" else 1
    return close(got * factor, got, artifact=artifact, rows=len(got))
