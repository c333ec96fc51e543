"""The workloads, each defined once: seeded weights, inputs and labels that every framework starts from.

All networks (`probes.networks`) sort into ten classes; the loss is the mean softmax cross entropy, the optimizer plain
SGD.

Layouts: images are N×height×width×channel (NHWC), sequences N×steps×values; convolution kernels height×width×in×out
(HWIO); dense kernels in×out; flattening runs through height, width, channel in this order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from probes import pictures
from probes.arrays import Array as Array
from probes.arrays import Weights as Weights
from probes.networks import NETWORKS

SEED = 2008
CLASSES = 10
CALIBRATION = 64


@dataclass(frozen=True)
class Case:
    """One workload with everything a recipe needs; the arrays are shared, so a recipe copies before it changes them.

    Attributes
    ----------
    workload : str
        A key of `probes.networks.NETWORKS`: ``"mlp"``, ``"cnn"`` …
    weights : mapping of str to array
        ``<layer>_<kind>`` (``dense1_kernel``, ``dense1_bias``), float32, in the layouts of this module.
    inputs : array
        N samples, float32; those of the recommender are numbers of users and items, int64.
    labels : array
        int64, N, the classes 0 to 9.
    learning_rate : float
        Of plain SGD.
    parameters : mapping
        What tells two cells of one workload apart: ``batch``, ``precision``.
    folder : Path
        Where a recipe may leave its artifacts.
    calibration, held_out, held_out_labels : array, optional
        Samples for quantizers and for accuracy; with trained weights they are real, and only then there are labels.
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
    """Return float32 weights drawn as the network says."""
    return NETWORKS[workload].initial(np.random.default_rng(seed))


def synthetic(workload: str, parameters: Mapping[str, Any] | None = None, *, seed: int = SEED) -> Case:
    """Return a case with seeded weights, inputs and uniform labels.

    Parameters
    ----------
    workload : str
        A key of `probes.networks.NETWORKS`, or ``"pictures"``: then weights are empty, inputs are all the pictures of
        a pass (`probes.pictures`) and labels their numbers.
    parameters : mapping, optional
        ``batch`` is the number of samples (1 when absent).
    seed : int
        The same seed gives the same case everywhere.
    """
    parameters = dict(parameters or {})
    batch = int(parameters.get("batch", 1))
    rng = np.random.default_rng([seed, 1])
    if workload == pictures.WORKLOAD:
        return Case(workload, {}, pictures.drawn(rng), np.arange(pictures.COUNT), parameters=parameters)
    if workload not in NETWORKS:
        raise ValueError(f"unknown workload {workload!r}: there are {', '.join((*NETWORKS, pictures.WORKLOAD))}")
    inputs = NETWORKS[workload].inputs(rng, batch)
    labels = rng.integers(0, CLASSES, size=batch)
    return Case(workload, initial_weights(workload, seed), inputs, labels, NETWORKS[workload].learning_rate, parameters)


def untrained(workload: str, folder: Path, parameters: Mapping[str, Any] | None = None) -> Case:
    """Return a synthetic case with a folder, for what needs no training; 32 samples unless ``batch`` says else."""
    case = synthetic(workload, {"batch": 32} | dict(parameters or {}))
    calibration = NETWORKS[workload].inputs(np.random.default_rng([SEED, 2]), CALIBRATION)
    return replace(case, folder=folder, calibration=calibration)


def trained(
    weights: Path, folder: Path, parameters: Mapping[str, Any] | None = None, *, samples: int | None = None
) -> Case:
    """Return the ``cnn`` case with the weights that `probes.digits` trained; its inputs are the first held-out samples.

    Parameters
    ----------
    weights : Path
        ``cnn-digits.npz``; ``calibration.npy``, ``held-out.npy`` and ``held-out-labels.npy`` lie beside it.
    folder : Path
        Where the recipe may leave its artifacts.
    parameters : mapping, optional
        For example ``precision``.
    samples : int, optional
        How many held-out samples are the inputs; default 8, and all of them in int8, which is judged by its classes.
    """
    with np.load(weights) as stored:
        arrays = {name: stored[name] for name in stored.files}
    if samples is None:
        samples = None if (parameters or {}).get("precision") == "int8" else 8
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
