"""The proof of a route: the exported model, run by its runtime alone, gives the framework's own answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from probes.proof import LIMIT, Proof, close, size_of
from probes.runtimes import clean_process
from probes.workloads import Array, Case

# Why 3 %: eight bits keep 1/256 of each layer's range. On the trained network, the makers' six ways to int8 came out
# 0.86 to 0.91 % of the largest answer away from float32 over the digits that a session asks, 1.4 % at most over 600:
# twice that leaves room for the kernels of other processors. A wrong kernel, layout or scale is off by 90 % and more,
# a lost bias of a convolution by 6 % and more; a lost bias of a dense layer (0.5 %) shows only in float32.
LIMITS = {"float32": LIMIT, "int8": 0.03}

# Why 8 %: the seeded networks' answers are small beside the sums they come from, which eight bits blur. Over four
# networks and nine runtimes int8 came out 1.1 to 3.8 % of the largest answer away from float32. With the columns of one
# matrix moved by one, the answers are off by 36 % and more, by 14 % where it is an attention's query or key: 8 % lies
# between, at twice the one and half of the other. A lost bias (2 to 17 %) is for float32 to see.
SEEDED_INT8 = 0.08

# A program for any batch is asked in two sizes: a fixed one would refuse the second.
BATCHES = {"static": (1,), "dynamic": (1, 8)}

# Why a half: weights in int8 are a quarter of their float32 bytes, and the rest of a file is small. Files that hold all
# weights in eight bits came out at 25 to 45 %, those that keep a copy or a layer in float32 at 53 % and more.
INT8_SHARE = 0.5


def calibration(case: Case) -> Array:
    """Return the samples that an int8 export sees, N×height×width×channel."""
    if case.calibration is None:
        raise ValueError("int8 needs calibration samples, and this case has none")
    return case.calibration


def artifact(case: Case, suffix: str) -> Path:
    """Return where the exported model of a case goes."""
    return case.folder / f"{case.workload}-{case.parameters['precision']}{suffix}"


def dynamic(case: Case, otherwise: str) -> bool:
    """Tell whether a case is to be exported for any batch; `otherwise` holds where it does not say."""
    return bool(case.parameters.get("batching", otherwise) == "dynamic")


def limit(case: Case) -> float:
    """Return how far from the framework's answers those of an artifact may be, as a share of the largest."""
    precision = str(case.parameters["precision"])
    return SEEDED_INT8 if precision == "int8" and case.held_out is None else LIMITS[precision]


def proof(
    case: Case, runtime: str, artifact: Path, expected: Array, batches: Sequence[int] = (1,), **figures: Any
) -> Proof:
    """Run `artifact` in a fresh process that has only `runtime`, and compare.

    Parameters
    ----------
    case : Case
        Its inputs are answered, its ``precision`` sets the limit, its weights tell what int8 must save.
    runtime : str
        A module of `probes.runtimes`.
    artifact : Path
        The exported file or folder.
    expected : array
        The framework's own float32 answer to the case's inputs, N×10.
    batches : sequence of int
        The batch sizes that the one export must serve, unless the case says whether its batch is static or dynamic.
    **figures
        More figures for the proof; ``setting``, ``how`` and ``tried`` where the export had a choice.

    Returns
    -------
    Proof
        Refuted when the answers are further apart than the precision allows (for int8 as a share of the largest
        expected value), or when an artifact called int8 is larger than half of the float32 weights.
    """
    batches = asked(case, batches)
    # A session measures the trained network itself, side by side with others; what names its batching is measured here.
    trial = clean_process.trial(runtime, artifact, case.inputs, batches, measured="batching" in case.parameters)
    return judged(case, artifact, expected, batches, trial, **figures)


def asked(case: Case, otherwise: Sequence[int] = (1,)) -> Sequence[int]:
    """Return the batch sizes that an export of a case must serve; `otherwise` holds where the case does not say."""
    return BATCHES.get(case.parameters.get("batching", ""), otherwise)


def judged(
    case: Case, artifact: Path, expected: Array, batches: Sequence[int], trial: clean_process.Trial, **figures: Any
) -> Proof:
    """Return the proof that what a trial saw agrees with `expected`, and that an artifact in int8 is smaller."""
    precision = case.parameters["precision"]
    got = trial.answers
    result = close(
        np.concatenate(got),
        np.concatenate([expected] * len(batches)),
        limit=limit(case),
        artifact=artifact,
        precision=precision,
        batches=list(batches),
        samples=len(case.inputs),
        **trial.figures,
        **figures,
    )
    weights_bytes = sum(array.astype(np.float32).nbytes for array in case.weights.values())
    if result.outcome == "proved" and precision == "int8" and size_of(artifact) > INT8_SHARE * weights_bytes:
        message = f"{size_of(artifact)} bytes, called int8, are more than half of the float32 weights' {weights_bytes}"
        return Proof("refuted", result.proof, message)
    return result
