"""Ship the network as an archive of weights."""

from __future__ import annotations

import numpy as np

from probes import reference
from probes.proof import Proof, close
from probes.workloads import Case


def run(case: Case) -> Proof:
    kind = np.float32 if case.parameters["precision"] == "float32" else np.float16
    artifact = case.folder / "cnn.npz"
    np.savez(artifact, allow_pickle=False, **{name: array.astype(kind) for name, array in case.weights.items()})
    with np.load(artifact) as stored:
        weights = {name: stored[name].astype(np.float32) for name in stored.files}
    expected = reference.forward("cnn", case.weights, case.inputs)
    return close(reference.forward("cnn", weights, case.inputs), expected, limit=0.01, artifact=artifact)
