"""The proof of a route: the exported model, run by its runtime alone, gives the framework's own answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from probes.proof import LIMIT, Proof, close, size_of
from probes.runtimes import fresh
from probes.workloads import Array, Case

# Eight bits keep 1/256 of each layer's range. Over this network's four layers the makers' quantisers stay near 1 % of
# the largest answer (1.4 % over 600 digits, measured). A wrong kernel, layout or scale is off by 90 % and more, a lost
# bias of a convolution by 6 % and more; a lost bias of a dense layer (0.5 %) shows only in float32.
LIMITS = {"float32": LIMIT, "int8": 0.03}

# Weights in int8 are a quarter of their float32 bytes; the rest of a file is small.
INT8_SHARE = 0.5


def calibration(case: Case) -> Array:
    """Return the samples that an int8 export sees, N×height×width×channel."""
    if case.calibration is None:
        raise ValueError("int8 needs calibration samples, and this case has none")
    return case.calibration


def proof(case: Case, runtime: str, artifact: Path, expected: Array, batches: Sequence[int] = (1,)) -> Proof:
    """Run `artifact` in a fresh process that has only `runtime`, and compare.

    Parameters
    ----------
    case : Case
        Its inputs are answered, its ``precision`` sets the limit, its weights tell what int8 must save.
    runtime : str
        ``"executorch"``, ``"litert"`` or ``"onnxruntime"``.
    artifact : Path
        The exported file.
    expected : array
        The framework's own float32 answer to the case's inputs, N×10.
    batches : sequence of int
        The batch sizes that the one export must serve.

    Returns
    -------
    Proof
        Refuted when the answers are further apart than the precision allows (for int8 as a share of the largest
        expected value), or when an artifact called int8 is larger than half of the float32 weights.
    """
    precision = case.parameters["precision"]
    got = fresh.answer(runtime, artifact, case.inputs, batches)
    result = close(
        np.concatenate(got),
        np.concatenate([expected] * len(batches)),
        limit=LIMITS[precision],
        artifact=artifact,
        precision=precision,
        batches=list(batches),
        samples=len(case.inputs),
    )
    weights_bytes = sum(array.astype(np.float32).nbytes for array in case.weights.values())
    if result.outcome == "proved" and precision == "int8" and size_of(artifact) > INT8_SHARE * weights_bytes:
        message = f"{size_of(artifact)} bytes cannot be int8: the float32 weights alone are {weights_bytes} bytes"
        return Proof("refuted", result.proof, message)
    return result
