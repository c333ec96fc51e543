"""Ship a network with OpenVINO: convert the SavedModel, run the files without TensorFlow."""

from __future__ import annotations

from probes import route_proof
from probes.frameworks.tensorflow import export
from probes.proof import Proof
from probes.runtimes import openvino_export
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Convert in the case's precision; the model takes float32 in and out in both precisions."""
    source, artifact = export.of(case, otherwise="dynamic"), route_proof.artifact(case, "-openvino")
    expected = source.answer()
    samples = route_proof.calibration(case) if source.int8 else None
    variant = openvino_export.save(source.saved(case.folder / "saved"), source.sizes, artifact, samples)
    return route_proof.proof(case, "openvino", artifact, expected, batches=(1, 8), **variant)
