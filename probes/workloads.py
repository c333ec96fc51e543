"""The workloads, each defined once: seeded weights, inputs and labels that every framework starts from.

Both networks classify into ten classes; the loss is the mean softmax cross entropy, the optimizer plain SGD.

``mlp``
    784 → 512 → 512 → 10, ReLU between the layers.
``cnn``
    32×32×1 → 3×3 convolution to 16 channels, ReLU, 2×2 max pooling → 3×3 convolution to 32 channels, ReLU, 2×2 max
    pooling → flatten (2048) → 64, ReLU → 10. Convolutions keep the image's size (zero padding).

Layouts: inputs are N×784 and N×height×width×channel (NHWC); convolution kernels height×width×in×out (HWIO); dense
kernels in×out; the flattening before the first dense layer runs through height, width, channel in this order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Weights = Mapping[str, Array]

SEED = 2008
CLASSES = 10
LEARNING_RATES = {"mlp": 0.02, "cnn": 0.005}

INPUTS: dict[str, tuple[int, ...]] = {"mlp": (784,), "cnn": (32, 32, 1)}
KERNELS: dict[str, dict[str, tuple[int, ...]]] = {
    "mlp": {"dense1": (784, 512), "dense2": (512, 512), "dense3": (512, CLASSES)},
    "cnn": {"conv1": (3, 3, 1, 16), "conv2": (3, 3, 16, 32), "dense1": (8 * 8 * 32, 64), "dense2": (64, CLASSES)},
}


@dataclass(frozen=True)
class Case:
    """One workload with everything a recipe needs; the arrays are shared, so a recipe copies before it changes them.

    Attributes
    ----------
    workload : str
        ``"mlp"`` or ``"cnn"``.
    weights : mapping of str to array
        ``<layer>_kernel`` and ``<layer>_bias``, float32, in the layouts of this module.
    inputs : array
        float32, N×784 or N×32×32×1.
    labels : array
        int64, N, the classes 0 to 9.
    learning_rate : float
        Of plain SGD.
    parameters : mapping
        What tells two cells of one workload apart: ``batch``, ``precision``.
    folder : Path
        Where a recipe may leave its artifacts.
    calibration, held_out, held_out_labels : array, optional
        Real samples for quantisers and for accuracy; only a case with trained weights has them.
    """

    workload: str
    weights: Weights
    inputs: Array
    labels: Array
    learning_rate: float = 0.005
    parameters: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    calibration: Array | None = None
    held_out: Array | None = None
    held_out_labels: Array | None = None


def initial_weights(workload: str, seed: int = SEED) -> dict[str, Array]:
    """Return float32 weights after He et al. (2015, arXiv:1502.01852): normal, variance 2 / fan-in.

    The biases are drawn too (standard deviation 0.05) instead of zero, so that parity would notice a lost bias.
    """
    rng = np.random.default_rng(seed)
    weights: dict[str, Array] = {}
    for layer, shape in KERNELS[workload].items():
        scale = np.float32(np.sqrt(2 / np.prod(shape[:-1])))
        weights[f"{layer}_kernel"] = rng.standard_normal(shape, dtype=np.float32) * scale
        weights[f"{layer}_bias"] = rng.standard_normal(shape[-1], dtype=np.float32) * np.float32(0.05)
    return weights


def synthetic(workload: str, parameters: Mapping[str, Any] | None = None, *, seed: int = SEED) -> Case:
    """Return a case with seeded weights, inputs and uniform labels.

    The inputs of ``mlp`` are standard normal, those of ``cnn`` uniform in [0, 1) as the pixels of an image.

    Parameters
    ----------
    workload : str
        ``"mlp"`` or ``"cnn"``.
    parameters : mapping, optional
        ``batch`` is the number of samples (1 when absent).
    seed : int
        The same seed gives the same case everywhere.
    """
    if workload not in KERNELS:
        raise ValueError(f"unknown workload {workload!r}: there are {', '.join(KERNELS)}")
    parameters = dict(parameters or {})
    batch = int(parameters.get("batch", 1))
    rng = np.random.default_rng([seed, 1])
    shape = (batch, *INPUTS[workload])
    image = workload == "cnn"
    inputs = rng.random(shape, dtype=np.float32) if image else rng.standard_normal(shape, dtype=np.float32)
    labels = rng.integers(0, CLASSES, size=batch)
    rate = LEARNING_RATES[workload]
    return Case(workload, initial_weights(workload, seed), inputs, labels, rate, parameters)


def untrained(workload: str, folder: Path, parameters: Mapping[str, Any] | None = None) -> Case:
    """Return a synthetic case with a folder, for what needs no training; 32 samples unless ``batch`` says else."""
    return replace(synthetic(workload, {"batch": 32} | dict(parameters or {})), folder=folder)


def trained(weights: Path, folder: Path, parameters: Mapping[str, Any] | None = None, *, samples: int = 8) -> Case:
    """Return the ``cnn`` case with the weights that `probes.digits` trained; its inputs are the first held-out samples.

    Parameters
    ----------
    weights : Path
        ``cnn-digits.npz``; ``calibration.npy``, ``held-out.npy`` and ``held-out-labels.npy`` lie beside it.
    folder : Path
        Where the recipe may leave its artifacts.
    parameters : mapping, optional
        For example ``precision``.
    samples : int
        How many held-out samples are the inputs.
    """
    with np.load(weights) as stored:
        arrays = {name: stored[name] for name in stored.files}
    held_out = np.load(weights.with_name("held-out.npy"))
    labels = np.load(weights.with_name("held-out-labels.npy"))
    return Case(
        workload="cnn",
        weights=arrays,
        inputs=held_out[:samples],
        labels=labels[:samples],
        parameters=dict(parameters or {}),
        folder=folder,
        calibration=np.load(weights.with_name("calibration.npy")),
        held_out=held_out,
        held_out_labels=labels,
    )
