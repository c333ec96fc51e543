"""ONNX Runtime's own quantization to int8, in the setting that a short trial finds best on this processor.

It works on the ONNX file, whatever framework wrote it. The makers say of their settings that S8S8 in QDQ form is the
first choice, that U8S8 is made for x86-64 with VNNI (and needs ``reduce_range`` without), and that recurrent networks
and transformers want the dynamic kind; which of them holds here is tried.
"""

from __future__ import annotations

import functools
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from probes import int8_trial, route_proof
from probes.int8_trial import Way
from probes.runtimes.layouts import arranged
from probes.runtimes.onnxruntime import Model
from probes.workloads import Array, Case

# The networks for which the makers recommend the dynamic kind: recurrent ones and transformers.
SEQUENCES = ("lstm", "transformer")

VNNI = frozenset({"avx512_vnni", "avx_vnni"})


def of(case: Case, artifact: Path) -> dict[str, Any]:
    """Quantise the file of a case that asks for int8; return what was taken (see `quantise`), else nothing."""
    if case.parameters["precision"] != "int8":
        return {}
    samples, limit = route_proof.calibration(case), route_proof.limit(case)
    return quantise(artifact, samples, limit=limit, sequences=case.workload in SEQUENCES)


def quantise(artifact: Path, samples: Array, *, limit: float, sequences: bool = False) -> dict[str, Any]:
    """Replace the float32 file `artifact` by its int8 form, in the fastest way that stays accurate.

    Parameters
    ----------
    artifact : Path
        The ONNX file.
    samples : array
        N samples in the probes' layout: the ranges of the activations are those seen on them.
    limit : float
        The largest error that stays accurate, as a share of the largest answer.
    sequences : bool
        Whether it is a recurrent network or a transformer: then the dynamic kind is tried, too, and preferred.

    Returns
    -------
    dict
        What was taken and what was tried (see `probes.int8_trial.choose`).
    """
    prepared = artifact.with_suffix(".prepared.onnx")
    quant_pre_process(artifact, prepared, skip_symbolic_shape=True)
    expected = int8_trial.answers(Model(artifact, 1), samples)
    tried = ways(prepared, samples, sequences=sequences)

    def path(setting: str) -> Path:
        return artifact.with_suffix(f".{setting}.onnx")

    best, figures = int8_trial.choose(tried, Model, path, expected, samples, limit)
    best.replace(artifact)
    for each in (prepared, *(path(way.setting) for way in tried)):
        each.unlink(missing_ok=True)
    return figures


def ways(prepared: Path, samples: Array, *, sequences: bool) -> list[Way]:
    """Return the ways to try on this processor from the file `prepared`, the preferred one first."""
    saturates = platform.machine().lower() in ("x86_64", "amd64") and not has_vnni()
    more = " of seven bits, for this processor has no VNNI" if saturates else ""

    def static(activations: QuantType, reduce_range: bool, path: Path) -> None:
        quantize_static(
            prepared,
            path,
            Samples(prepared, samples),
            quant_format=QuantFormat.QDQ,
            activation_type=activations,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=reduce_range,
        )

    def dynamic(path: Path) -> None:
        model = onnx.load(prepared)
        # Shapes inside that an exporter left beside the inferred ones make this quantizer refuse the file.
        del model.graph.value_info[:]
        quantize_dynamic(model, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=saturates)

    signed = functools.partial(static, QuantType.QInt8, False)
    unsigned = functools.partial(static, QuantType.QUInt8, saturates)
    found = [
        Way("S8S8", "static, int8 activations and weights", signed),
        Way("U8S8", f"static, uint8 activations and int8 weights{more}", unsigned),
    ]
    return [Way("dynamic", f"dynamic, int8 weights{more}", dynamic), *found] if sequences else found


@functools.cache
def has_vnni() -> bool:
    """Tell whether the processor multiplies eight-bit integers without saturating in between, as far as it says."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as told:
            flags = next((line for line in told if line.startswith("flags")), "")
    except OSError:
        return False
    return not VNNI.isdisjoint(flags.split())


class Samples(CalibrationDataReader):
    """Feeds the calibration samples one by one, in the layout that the model's input asks for."""

    def __init__(self, model: Path, samples: Array) -> None:
        (entry,) = onnx.load(model).graph.input
        shape = [size.dim_value or None for size in entry.type.tensor_type.shape.dim]
        self._feeds: Iterator[dict[str, Any]] = ({entry.name: image[None]} for image in arranged(samples, shape))

    def get_next(self) -> dict[str, Any] | None:
        """Return the next feed, or None at the end."""
        return next(self._feeds, None)
