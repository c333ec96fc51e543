"""Ship a Keras network on PyTorch with LiteRT: convert with litert-torch, run the file without Keras and PyTorch."""

from __future__ import annotations

import keras
import litert_torch  # noqa: F401 - Keras imports it itself, but hides the error that tells what is missing
import torch
from ai_edge_quantizer import recipe
from ai_edge_quantizer.calibrator import CalibrationInterpreter, CalibrationMode
from ai_edge_quantizer.quantizer import Quantizer
from ai_edge_quantizer.utils import qsv_utils

from probes import route_proof
from probes.channel import ProbeError
from probes.frameworks.keras_pytorch import models
from probes.proof import Proof
from probes.workloads import Array, Case


def run(case: Case) -> Proof:
    """Convert in the case's precision; the file takes float32 in and out, or its int8 with their scales."""
    model = models.build(case)
    artifact = route_proof.artifact(case, ".tflite")

    expected = models.answer(model, case.inputs)
    count, more = 1, {}
    if route_proof.dynamic(case, otherwise="static"):
        # Without a range of its own, Keras would take the sample's batch for the only one.
        count = len(case.inputs)
        more = {"dynamic_shapes": (({0: torch.export.Dim("batch", max=count)},),)}
    signature = [keras.InputSpec(dtype="float32", shape=(count, *case.inputs.shape[1:]))]
    try:
        model.export(artifact, format="litert", verbose=False, input_signature=signature, **more)
    except RuntimeError as error:
        # Keras tells of common causes first; the converter's own words are those of the error below.
        reason = error.__cause__ or error
        text = f"{type(reason).__name__}: {str(reason).splitlines()[0]}"
        raise ProbeError("not_supported", f"the converter refuses: {text}") from error
    if case.parameters["precision"] == "int8":
        quantise(str(artifact), route_proof.calibration(case))

    return route_proof.proof(case, "litert", artifact, expected)


def quantise(path: str, samples: Array) -> None:
    """Replace the float32 file by its int8 form: weights per channel, activations with the ranges seen on `samples`.

    The quantizer of PT2E, which litert-torch brings for PyTorch's own models, finds no dense layer in a Keras model.
    """
    # The extremes, as the other routes take them: the default, a moving average, cuts off what few samples reach.
    seen = CalibrationInterpreter(path, CalibrationMode.CALIBRATION, qsv_utils.min_max_update)
    run = seen.get_signature_runner()
    (name,) = run.get_input_details()
    for sample in samples:
        run(**{name: sample[None]})
    work = Quantizer(path, recipe.static_wi8_ai8())
    work.quantize(seen.get_calibration_results()).export_model(path, overwrite=True)
