"""ONNX Runtime's own quantization to int8, in the variant that a short trial finds best on this processor.

It works on the ONNX file, whatever framework wrote it. The makers say of their settings that S8S8 in QDQ form is the
first choice, that U8S8 is made for x86-64 with VNNI (and needs ``reduce_range`` without), and that recurrent networks
and transformers want the dynamic kind; which of them holds here is tried.
"""

from __future__ import annotations

import functools
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from probes import feeds, int8_trial, route_proof
from probes.arrays import Array
from probes.feeds import Feed
from probes.int8_trial import Way
from probes.runtimes.onnxruntime import Model
from probes.runtimes.slots import Bound
from probes.workloads import Case

# Where the makers recommend the dynamic kind: recurrent networks and transformers. These operations tell of them.
SEQUENCES = frozenset(
    ("LSTM", "GRU", "RNN", "LayerNormalization", "Attention", "MultiHeadAttention", "SkipLayerNormalization")
)

VNNI = frozenset({"avx512_vnni", "avx_vnni"})


def of(case: Case, artifact: Path) -> dict[str, Any]:
    """Quantise the file of a case that asks for int8; return what was taken (see `quantise`), else nothing."""
    if case.parameters["precision"] != "int8":
        return {}
    return quantise(artifact, route_proof.calibration(case))


def quantise(artifact: Path, samples: Array | Feed) -> dict[str, Any]:
    """Replace the float32 file `artifact` by its int8 form, in the fastest way that stays near float32.

    Parameters
    ----------
    artifact : Path
        The ONNX file.
    samples : array or mapping
        N samples: the ranges of the activations are those seen on them.

    Returns
    -------
    dict
        What was taken and what was tried (see `probes.int8_trial.choose`).
    """
    prepared = artifact.with_suffix(".prepared.onnx")
    quant_pre_process(artifact, prepared, skip_symbolic_shape=True)
    model = Model(artifact, 1)
    expected = int8_trial.answers(model, samples)
    calls = [Bound(model, [*each]).arranged(each) for each in feeds.batches(feeds.of(samples), 1)]
    tried = ways(prepared, [dict(zip((slot.name for slot in model.inputs), each, strict=True)) for each in calls])

    def path(variant: str) -> Path:
        return artifact.with_suffix(f".{variant}.onnx")

    best, figures = int8_trial.choose(tried, Model, path, expected, samples)
    best.replace(artifact)
    for each in (prepared, *(path(way.variant) for way in tried)):
        each.unlink(missing_ok=True)
    return figures


def ways(prepared: Path, calls: Sequence[Feed]) -> list[Way]:
    """Return the ways to try on this processor from the file `prepared`, the preferred one first; `calls` calibrate."""
    saturates = platform.machine().lower() in ("x86_64", "amd64") and not has_vnni()
    more = " of seven bits, for this processor has no VNNI" if saturates else ""

    def static(activations: QuantType, reduce_range: bool, path: Path) -> None:
        quantize_static(
            prepared,
            path,
            Samples(calls),
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
    sequences = not SEQUENCES.isdisjoint(node.op_type for node in onnx.load(prepared).graph.node)
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
    """Feeds the calibration samples one by one, as the model takes them."""

    def __init__(self, calls: Sequence[Feed]) -> None:
        self._feeds = iter(calls)

    def get_next(self) -> Feed | None:
        """Return the next feed, or None at the end."""
        return next(self._feeds, None)
