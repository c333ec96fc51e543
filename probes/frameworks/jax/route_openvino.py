"""Ship a network with OpenVINO: through an ONNX file, which its converter reads; run the files without JAX.

The converter takes a jaxpr, too, but refuses the layers of Flax in it.
"""

from __future__ import annotations

from probes import route_proof
from probes.frameworks.jax import export, models, route_onnxruntime
from probes.proof import Proof
from probes.runtimes import openvino_export
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Convert in the case's precision; the model takes float32 in and out in both precisions."""
    source, artifact = export.of(case, otherwise="dynamic"), route_proof.artifact(case, "-openvino")
    file = route_proof.artifact(case, ".onnx")
    route_onnxruntime.write(source, file)
    samples = route_proof.calibration(case) if source.int8 else None
    variant = openvino_export.save(str(file), source.sizes(), artifact, samples)
    return route_proof.proof(case, "openvino", artifact, models.answer(case), batches=(1, 8), **variant)
