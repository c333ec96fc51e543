"""From a framework's model to OpenVINO's files, in float32 or in int8; the same for every framework."""

from __future__ import annotations

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

MINMAX = RangeEstimatorParametersSet.MINMAX
NO_SMOOTHING = nncf.AdvancedSmoothQuantParameters(matmul=-1, convolution=-1)
TRANSFORMER = nncf.ModelType.TRANSFORMER
# The softmax of attention is the only one inside these networks: their answers are logits.
ATTENTION = frozenset({"ScaledDotProductAttention", "Softmax"})


def save(
    framework_model: Any,
    shapes: Mapping[str, Sequence[int | None]],
    artifact: Path,
    calibration: Array | Feed | None = None,
) -> dict[str, Any]:
    """Convert a framework's model into the folder `artifact`: in float32, or in int8 where samples calibrate it.

    int8 is NNCF's post-training quantization: weights per channel, ranges of the activations from the calibration
    samples. Where there is attention, the scheme that its makers have for transformers is tried with and without
    SmoothQuant; what was tried is returned (see `probes.int8_trial.choose`), and nothing where there was no choice.

    Parameters
    ----------
    shapes : mapping
        For every input, by the framework's names and in its order, the sizes that it is to take; None is any.
    """

    def converted() -> openvino.Model:
        model = openvino.convert_model(framework_model)
        slots = [Slot(next(iter(port.get_names()), ""), "", ()) for port in model.inputs]
        order = matched("input", slots, [*shapes])
        model.reshape(
            {
                model.input(order[name]): [-1 if size is None else size for size in shape]
                for name, shape in shapes.items()
            }
        )
        return model

    if calibration is None:
        _write(converted(), artifact)
        return {}
    plain = artifact.with_name(f"{artifact.name}-float32")
    _write(converted(), plain)
    model = Model(plain, 1)
    calls = [Bound(model, [*each]).arranged(each) for each in feeds.batches(feeds.of(calibration), 1)]
    given = nncf.Dataset([list(each) for each in calls])

    def quantised(smoothing: bool, kind: nncf.ModelType | None = None) -> openvino.Model:
        # By default NNCF takes the mean of the samples' ranges, which cuts off large values: 20 % of the largest answer
        # of the trained network, against 1 % with their smallest and largest, as the other makers take them (measured).
        parameters = nncf.AdvancedQuantizationParameters(activations_range_estimator_params=MINMAX)
        if not smoothing:
            parameters.smooth_quant_alphas = NO_SMOOTHING
        return nncf.quantize(converted(), given, model_type=kind, advanced_parameters=parameters)

    attention = not ATTENTION.isdisjoint(node.get_type_name() for node in converted().get_ops())
    if not attention:
        _write(quantised(smoothing=True), artifact)
        return {}
    name = "NNCF's scheme for transformers"
    ways = [
        Way("smooth", f"{name}, with SmoothQuant", lambda path: _write(quantised(True, TRANSFORMER), path)),
        Way("plain", f"{name}, without SmoothQuant", lambda path: _write(quantised(False, TRANSFORMER), path)),
    ]

    def path(variant: str) -> Path:
        return artifact.with_name(f"{artifact.name}-{variant}")

    best, figures = int8_trial.choose(ways, Model, path, int8_trial.answers(model, calibration), calibration)
    best.rename(artifact)
    return figures


def _write(model: openvino.Model, folder: Path) -> None:
    folder.mkdir()
    openvino.save_model(model, folder / "model.xml", compress_to_fp16=False)
