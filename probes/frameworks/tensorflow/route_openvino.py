"""Ship a network with OpenVINO: convert the SavedModel, run the files without TensorFlow."""

from __future__ import annotations

from probes import route_proof
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.runtimes import openvino_export
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Convert in the case's precision; the model takes float32 in and out in both precisions."""
    model, inputs = models.build(case), models.natural(case.inputs)
    saved, artifact = case.folder / "saved", route_proof.artifact(case, "-openvino")

    batch = None if route_proof.dynamic(case, otherwise="dynamic") else 1
    model.export(saved, format="tf_saved_model", verbose=False)
    setting = openvino_export.save(case, saved, [batch, *inputs.shape[1:]], artifact)

    return route_proof.proof(case, "openvino", artifact, model(inputs).numpy(), batches=(1, 8), **setting)
