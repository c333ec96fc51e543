"""Ship a network as a SavedModel, which runs in TensorFlow without the source of the model."""

from __future__ import annotations

from pathlib import Path

from probes import route_proof
from probes.frameworks.tensorflow import export
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Export in the case's precision (int8: Keras's own, of dense layers only); float32 goes in and out."""
    source, artifact = export.of(case, otherwise="dynamic"), route_proof.artifact(case, "-saved")
    expected = source.answer()
    write(source, artifact)
    return route_proof.proof(case, "savedmodel", artifact, expected, batches=(1, 8))


def write(source: export.Source, artifact: Path) -> None:
    """Export a model into a folder."""
    if source.int8:
        source.model.quantize("int8")
    source.saved(artifact)
