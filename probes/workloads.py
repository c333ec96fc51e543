"""The workloads, each defined once: seeded weights, inputs and labels that every framework starts from.

The networks are data (`probes.networks`); most are trained with the mean softmax cross entropy, by plain SGD.

Layouts: images are N×height×width×channel (NHWC), sequences N×steps×values; convolution kernels height×width×in×out
(HWIO); dense kernels in×out; flattening runs through height, width, channel in this order.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from probes import pictures
from probes.arrays import Array as Array
from probes.arrays import Weights as Weights
from probes.networks import catalog
from probes.networks import weights as networks_weights
from probes.networks.definition import Network

SEED = 2008
CALIBRATION = 64


@dataclass(frozen=True)
class Case:
    """One workload with everything a recipe needs; the arrays are shared, so a recipe copies before it changes them.

    Attributes
    ----------
    workload : str
        What the network is asked for by: ``"cnn"``, ``"mobilenetv2?width=0.5"``; or ``"pictures"``.
    weights : mapping of str to array
        ``<layer>_<kind>`` (``dense1_kernel``, ``dense1_bias``), float32, in the layouts of this module.
    inputs : array, or mapping of str to array
        N samples, float32 or int64; by name where the network has several inputs.
    labels : array
        int64, the class of each sample, or of each of its pixels.
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
    # An array or arrays by name: most recipes know which their network has.
    inputs: Any
    labels: Array
    learning_rate: float = 0.005
    parameters: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    calibration: Any = None
    held_out: Array | None = None
    held_out_labels: Array | None = None

    @property
    def network(self) -> Network:
        """What is computed."""
        return catalog.load(self.workload)

    @property
    def feeds(self) -> dict[str, Array]:
        """Every input by name, in the network's order."""
        if isinstance(self.inputs, Mapping):
            return dict(self.inputs)
        return {self.network.inputs[0].name: self.inputs}

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return len(next(iter(self.feeds.values())))


def initial_weights(workload: str, seed: int = SEED) -> dict[str, Array]:
    """Return float32 weights drawn as `probes.networks.weights` says."""
    return dict(_drawn(workload, seed))


# A worker asks for the same network again and again: to time, to judge, in other settings.
@functools.lru_cache(maxsize=1)
def _drawn(workload: str, seed: int) -> dict[str, Array]:
    return networks_weights.drawn(catalog.load(workload), np.random.default_rng(seed))


def synthetic(workload: str, parameters: Mapping[str, Any] | None = None, *, seed: int = SEED) -> Case:
    """Return a case with seeded weights, inputs and uniform labels.

    Parameters
    ----------
    workload : str
        A network of `probes.networks`, or ``"pictures"``: then weights are empty, inputs are all the pictures of a pass
        (`probes.pictures`) and labels their numbers.
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
    network = catalog.load(workload)
    inputs = networks_weights.inputs(network, rng, batch)
    answer = network.shape(network.outputs[0])
    labels = rng.integers(0, answer[-1], size=(batch, *answer[:-1]))
    return Case(workload, initial_weights(workload, seed), _sole(inputs), labels, network.learning_rate, parameters)


def _sole(inputs: Mapping[str, Array]) -> Array | Mapping[str, Array]:
    return inputs if len(inputs) > 1 else next(iter(inputs.values()))


def untrained(workload: str, folder: Path, parameters: Mapping[str, Any] | None = None) -> Case:
    """Return a synthetic case with a folder, for what needs no training.

    There are 32 samples unless ``batch`` says else, and for quantizers 64 more unless ``calibration`` does.
    """
    case = synthetic(workload, {"batch": 32, "calibration": CALIBRATION} | dict(parameters or {}))
    samples = int(case.parameters["calibration"])
    drawn = networks_weights.inputs(case.network, np.random.default_rng([SEED, 2]), samples)
    return replace(case, folder=folder, calibration=_sole(drawn))


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
