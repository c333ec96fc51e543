"""Ship a network as a SavedModel, which runs in TensorFlow without JAX; TensorFlow is needed to write it, too."""

from __future__ import annotations

from probes import route_proof
from probes.channel import ProbeError
from probes.frameworks.jax import export, models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in float32."""
    if case.parameters["precision"] == "int8":
        raise ProbeError("not_supported", "jax2tf writes what JAX computes, and JAX quantizes nothing by itself")
    artifact = route_proof.artifact(case, "-saved")
    export.of(case, otherwise="dynamic").saved(artifact)
    return route_proof.proof(case, "savedmodel", artifact, models.answer(case), batches=(1, 8))
