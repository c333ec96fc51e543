"""One framework's process that exports reference networks: a command for each network, route and precision.

It runs in the Python that has the framework, with the probes and nothing of `advisor`; `benchmarks.network_routes`
starts it, watches its limits, and starts another when an exporter has ended this one.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from probes import approximations, feeds, proof, route_proof
from probes.arrays import Array, Weights
from probes.channel import Body, Command, claim, failed, serve
from probes.feeds import Feed
from probes.networks import catalog, weights
from probes.networks.definition import Network
from probes.runtimes import clean_process
from probes.worker import Worker

SAMPLES, CALIBRATION, BATCH = 8, 16, 4
SEED = 2008
# A runtime that plans its memory ahead is exported for one sample, as its makers show; every other one for any batch.
FIXED = ("executorch", "litert")
SUFFIXES = {
    "executorch": ".pte", "onnxruntime": ".onnx", "openvino": "-openvino", "litert": ".tflite", "aotinductor": ".pt2",
    "torchexport": ".pt2", "torchscript": ".pt", "savedmodel": "-saved",
}  # fmt: skip


def main(framework: str) -> None:
    """Serve the exports of a framework."""
    channel = claim()
    worker = Worker(framework)
    serve(channel, {"describe": worker.describe, "prove": lambda command: prove(framework, command)})


def prove(framework: str, command: Command) -> Body:
    """Export one network through one route, and ask what came out; whatever is raised is the outcome."""
    told = command["parameters"]
    try:
        result = _proved(framework, str(told["route"]), str(told["network"]), str(told["precision"]), command["folder"])
    except Exception as error:  # noqa: BLE001 - the exception is the outcome
        return failed(error)
    return {"outcome": result.outcome, "proof": result.proof, "message": result.message}


@dataclass(frozen=True)
class Subject:
    """A network with its weights, and what it is asked: samples by name as the framework's model takes them."""

    network: Network
    weights: Weights
    inputs: Feed
    calibration: Feed


def _proved(framework: str, route: str, spec: str, precision: str, folder: str) -> proof.Proof:
    network = catalog.load(spec)
    subject = Subject(
        network,
        weights.drawn(network, np.random.default_rng(SEED)),
        weights.inputs(network, np.random.default_rng([SEED, 1]), SAMPLES),
        weights.inputs(network, np.random.default_rng([SEED, 2]), CALIBRATION),
    )
    artifact = Path(folder, f"model{SUFFIXES[route]}")
    int8 = precision == "int8"
    asked, figures = (_pytorch if framework == "pytorch" else _tensorflow)(subject, route, artifact, int8=int8)
    trial = clean_process.ask(route, artifact, [each.question for each in asked], list(network.outputs), measured=True)
    weights_bytes = sum(array.nbytes for array in subject.weights.values())
    size = proof.size_of(artifact)
    told = {"artifact_bytes": size, "share_of_weights": size / weights_bytes, **trial.figures, **figures}
    limit = approximations.limit(route, network.kinds)
    result = route_proof.compared(asked, trial.answers, precision, limit=limit, **told)
    # For the comparison of the makers: in one layout, images N×height×width×channel.
    answers = {name: _natural(array, framework) for name, array in trial.answers[1].items()}
    np.savez(Path(folder, "answers.npz"), allow_pickle=False, **answers)
    expected = {name: _natural(array, framework) for name, array in asked[1].expected.items()}
    np.savez(Path(folder, "expected.npz"), allow_pickle=False, **expected)
    return route_proof.smaller(result, weights_bytes) if int8 else result


def _natural(array: Array, framework: str) -> Array:
    return np.moveaxis(array, 1, -1) if framework == "pytorch" and array.ndim == 4 else array


Given = tuple[list[route_proof.Asked], dict[str, Any]]


def _pytorch(subject: Subject, route: str, artifact: Path, *, int8: bool) -> Given:
    import torch

    from probes.frameworks.pytorch import export, models

    interpreter = importlib.import_module("probes.frameworks.pytorch.interpreter")

    def tensors(feed: Feed) -> dict[str, torch.Tensor]:
        return {name: models.natural(array) for name, array in feed.items()}

    model = interpreter.build(subject.network, subject.weights).eval()
    inputs = tensors(subject.inputs)
    free = {} if route in FIXED else {name: {0: ("batch", SAMPLES)} for name in inputs}
    calibration = tensors(subject.calibration)
    source = export.Source(model, inputs, int8, calibration if int8 else None, free)

    def answer(feed: Feed) -> Feed:
        with torch.no_grad():
            answers = model(*map(torch.tensor, feed.values()))
        several = answers if isinstance(answers, tuple) else (answers,)
        return {name: each.numpy() for name, each in zip(subject.network.outputs, several, strict=True)}

    asked = _asked(answer, {name: tensor.numpy() for name, tensor in inputs.items()}, route)
    given = {name: tensor.numpy() for name, tensor in calibration.items()} if int8 else None
    if route == "openvino":
        from probes.runtimes import openvino_export

        return asked, openvino_export.save(export.program(source, None), source.sizes(), artifact, given)
    importlib.import_module(f"probes.frameworks.pytorch.route_{route}").write(source, artifact)
    return asked, _quantised(route, artifact, given)


def _tensorflow(subject: Subject, route: str, artifact: Path, *, int8: bool) -> Given:
    import tensorflow as tf

    from probes.frameworks.tensorflow import export

    interpreter = importlib.import_module("probes.frameworks.keras.interpreter")

    model = interpreter.build(subject.network, subject.weights)

    def answer(feed: Feed) -> Feed:
        given = [tf.constant(array) for array in feed.values()]
        answers = model(given if len(given) > 1 else given[0], training=False)
        several = answers if isinstance(answers, list | tuple) else (answers,)
        return {name: each.numpy() for name, each in zip(subject.network.outputs, several, strict=True)}

    batch = 1 if route in FIXED else None
    sizes = {name: [batch, *array.shape[1:]] for name, array in subject.inputs.items()}
    given = subject.calibration if int8 else None
    source = export.Source(model, subject.inputs, sizes, int8, given)
    asked = _asked(answer, subject.inputs, route)
    if route == "openvino":
        from probes.runtimes import openvino_export

        saved = source.saved(artifact.with_name("saved"))
        return asked, openvino_export.save(saved, source.sizes, artifact, given)
    importlib.import_module(f"probes.frameworks.tensorflow.route_{route}").write(source, artifact)
    return asked, _quantised(route, artifact, given)


def _asked(answer: Callable[[Feed], Feed], inputs: Feed, route: str) -> list[route_proof.Asked]:
    return route_proof.varied(answer, inputs, batch=None if route in FIXED else BATCH)


def _quantised(route: str, artifact: Path, calibration: Feed | None) -> dict[str, Any]:
    if route != "onnxruntime" or calibration is None:
        return {}
    from probes.runtimes import onnxruntime_int8

    return onnxruntime_int8.quantise(artifact, feeds.of(calibration))


if __name__ == "__main__":
    main(sys.argv[1])
