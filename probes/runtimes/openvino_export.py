"""From a framework's model to OpenVINO's files, in float32 or in int8; the same for every framework."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Without this package the converter and the quantizer tell their makers nothing of their use.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

import nncf  # noqa: E402
import openvino  # noqa: E402
from nncf.quantization.range_estimator import RangeEstimatorParametersSet  # noqa: E402

from probes import feeds, int8_trial  # noqa: E402
from probes.arrays import Array  # noqa: E402
from probes.feeds import Feed  # noqa: E402
from probes.int8_trial import Way  # noqa: E402
from probes.runtimes import Slot  # noqa: E402
from probes.runtimes.openvino import Model  # noqa: E402
from probes.runtimes.slots import Bound, matched  # noqa: E402

Shapes = Mapping[str, Sequence[int | None]]

MINMAX = RangeEstimatorParametersSet.MINMAX
NO_SMOOTHING = nncf.AdvancedSmoothQuantParameters(matmul=-1, convolution=-1)
TRANSFORMER = nncf.ModelType.TRANSFORMER
# The softmax of attention is the only one inside these networks: their answers are logits.
ATTENTION = frozenset({"ScaledDotProductAttention", "Softmax"})


def save(
    framework_model: Any,
    shapes: Shapes,
    artifact: Path,
    calibration: Array | Feed | None = None,
) -> dict[str, Any]:
    """Convert a framework's model into the folder `artifact`: in float32, or in int8 where samples calibrate it.

    Where int8 can be had in several ways (see `ways`), they are tried and what was tried is returned (see
    `probes.int8_trial.choose`); nothing where there was no choice.

    Parameters
    ----------
    shapes : mapping
        For every input, by the framework's names and in its order, the sizes that it is to take; None is any.
    """
    if calibration is None:
        write(converted(framework_model, shapes), artifact)
        return {}
    plain = artifact.with_name(f"{artifact.name}-float32")
    write(converted(framework_model, shapes), plain)
    found = ways(framework_model, shapes, plain, calibration)
    if len(found) == 1:
        found[0].write(artifact)
        return {}

    def path(variant: str) -> Path:
        return artifact.with_name(f"{artifact.name}-{variant}")

    expected = int8_trial.answers(Model(plain, 1), calibration)
    best, figures = int8_trial.choose(found, Model, path, expected, calibration)
    best.rename(artifact)
    return figures


def converted(framework_model: Any, shapes: Shapes) -> openvino.Model:
    """Return a framework's model as OpenVINO's, for inputs of these sizes: it forgets those of an exported program."""
    model = openvino.convert_model(framework_model)
    slots = [Slot(next(iter(port.get_names()), ""), "", ()) for port in model.inputs]
    order = matched("input", slots, [*shapes])
    sizes = {order[name]: [-1 if size is None else size for size in shape] for name, shape in shapes.items()}
    model.reshape({model.input(position): shape for position, shape in sizes.items()})
    return model


def ways(framework_model: Any, shapes: Shapes, plain: Path, calibration: Array | Feed) -> list[Way]:
    """Return NNCF's ways to int8: weights per channel, ranges of the activations from the calibration samples.

    Where there is attention, the scheme that its makers have for transformers, with and without SmoothQuant.

    Parameters
    ----------
    plain : Path
        The model in float32, whose inputs tell how the samples are given.
    """
    model = Model(plain, 1)
    calls = [Bound(model, [*each]).arranged(each) for each in feeds.batches(feeds.of(calibration), 1)]
    given = nncf.Dataset([list(each) for each in calls])

    def quantised(path: Path, *, smoothing: bool, kind: nncf.ModelType | None = None) -> None:
        # By default NNCF takes the mean of the samples' ranges, which cuts off large values: 20 % of the largest answer
        # of the trained network, against 1 % with their smallest and largest, as the other makers take them (measured).
        parameters = nncf.AdvancedQuantizationParameters(activations_range_estimator_params=MINMAX)
        if not smoothing:
            parameters.smooth_quant_alphas = NO_SMOOTHING
        source = converted(framework_model, shapes)
        write(nncf.quantize(source, given, model_type=kind, advanced_parameters=parameters), path)

    operations = {node.get_type_name() for node in converted(framework_model, shapes).get_ops()}
    if ATTENTION.isdisjoint(operations):
        return [Way("default", "NNCF's default scheme", functools.partial(quantised, smoothing=True))]
    name, transformer = "NNCF's scheme for transformers", functools.partial(quantised, kind=TRANSFORMER)
    return [
        Way("smooth", f"{name}, with SmoothQuant", functools.partial(transformer, smoothing=True)),
        Way("plain", f"{name}, without SmoothQuant", functools.partial(transformer, smoothing=False)),
    ]


def write(model: openvino.Model, folder: Path) -> None:
    """Write a model into a folder, all its figures in the precision that they have."""
    folder.mkdir()
    openvino.save_model(model, folder / "model.xml", compress_to_fp16=False)
