"""One route of a user's model: export it as the networks' routes do, and prove what came out."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from probes import feeds, route_proof
from probes.arrays import Array
from probes.channel import ProbeError
from probes.feeds import Feed
from probes.models import samples
from probes.models.reference import Reference
from probes.models.subject import BATCH, Entry
from probes.proof import Proof, size_of, wilson
from probes.runtimes import clean_process

SUFFIXES = {"executorch": ".pte", "onnxruntime": ".onnx", "openvino": "-openvino", "litert": ".tflite"}
# A runtime that plans its memory ahead is exported for one sample, as its makers show; every other one for any batch.
FIXED = ("executorch", "litert")
# With untrained weights of thirty layers, correct converters come to 25–35 %; half of the answers is no rounding.
FAR = 0.5
MOST = 64
"""The largest batch that a program is exported for, where its runtime wants to know one."""


@dataclass(frozen=True)
class Job:
    """An export: through which route, in which precision, where to, and with which samples int8 is calibrated.

    It is judged by those that are `held_out`, where the user gave samples, and their `labels`, where there are any.
    """

    route: str
    precision: str
    artifact: Path
    samples: Feed | None
    held_out: Feed | None = None
    labels: Array | None = None

    @property
    def calibration(self) -> Feed | None:
        """What int8 is calibrated with; nothing in float32."""
        return self.samples if self.int8 else None

    @property
    def int8(self) -> bool:
        """Whether it is quantised."""
        return self.precision == "int8"


def done(subject: Any, reference: Reference, sizes: Mapping[str, int], job: Job) -> Proof:
    """Export a model through one route and hold what came out against the reference.

    Returns
    -------
    Proof
        As `route_proof.compared`, with ``artifact_bytes``, ``cold_start_seconds``, ``latency_seconds`` …
    """
    if job.int8 and job.calibration is None:
        raise ProbeError("not_supported", "int8 wants samples in a batch: the first dimension of an input is none")
    attempts = openings(reference, job.route)
    failure: Exception | None = None
    for free in attempts:
        try:
            result = _attempted(subject, reference, sizes, job, free)
        except Exception as error:
            if len(attempts) == 1:
                raise
            failure = failure or error
        else:
            if result.outcome == "proved" or free == attempts[-1]:
                return result
        _removed(job.artifact)
    assert failure is not None
    raise failure


def _removed(artifact: Path) -> None:
    """Remove what an attempt left: exporters to a folder want none."""
    for each in artifact.parent.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()


def _attempted(
    subject: Any, reference: Reference, sizes: Mapping[str, int], job: Job, free: Mapping[str, Mapping[int, str]]
) -> Proof:
    """Export with some dimensions open, and prove."""
    export = {"pytorch": _pytorch, "tensorflow": _tensorflow, "onnx": _onnx}[subject.framework]
    figures = export(subject, reference, sizes, job, free)
    asked = [each for each in reference.asked if _serves(each.question.what, free)]
    names = list(reference.outputs)
    trial = clean_process.ask(job.route, job.artifact, [each.question for each in asked], names, measured=True)
    told: dict[str, Any] = {
        "artifact": str(job.artifact), "artifact_bytes": size_of(job.artifact),
        "questions": [each.question.what for each in asked],
        "takes": {name: sorted(axes.values()) for name, axes in free.items() if axes}, **trial.figures, **figures,
    }  # fmt: skip
    result = route_proof.compared(asked, trial.answers, job.precision, limit=reference.limit, **told)
    weights = subject.content(samples.rows(reference.inputs, reference.entries, 0, 1)).weights_bytes
    if not job.int8:
        return result
    smaller = route_proof.smaller(result, weights) if weights else result
    return _near(smaller) if job.held_out is None else _judged(smaller, subject, reference, job)


def _judged(result: Proof, subject: Any, reference: Reference, job: Job) -> Proof:
    """Return a proof of int8 judged by the samples that calibrated nothing: classes that stay, answers that are right.

    Without classes, that is an output of two dimensions or more than one number, their distance is told.
    """
    assert job.held_out is not None
    if result.outcome != "proved":
        return result
    count = len(next(iter(job.held_out.values())))
    calls = [samples.rows(job.held_out, reference.entries, number, number + 1) for number in range(count)]
    expected = subject.asked(calls)
    question = clean_process.Question("the samples held out", job.held_out, 1)
    (got,) = clean_process.ask(job.route, job.artifact, [question], list(reference.outputs)).answers
    figures = dict(result.proof) | {"held_out": count, "agreement": {}}
    for name in reference.outputs:
        before = np.concatenate([each[name] for each in expected])
        if before.ndim != 2 or before.shape[1] < 2 or got[name].shape != before.shape:
            continue
        same = before.argmax(1) == got[name].argmax(1)
        low, high = wilson(int(same.sum()), count)
        figures["agreement"][name] = {"share": float(same.mean()), "low": low, "high": high}
        if job.labels is not None:
            right = {"before": before, "after": got[name]}
            figures["accuracy"] = {key: float((each.argmax(1) == job.labels).mean()) for key, each in right.items()}
        if high < route_proof.AGREEMENT:
            told = f"in int8 {low:.0%} to {high:.0%} of your samples stay in their class (output {name}), less than"
            return Proof("refuted", figures, f"{told} {route_proof.AGREEMENT:.0%}")
    judged = Proof(result.outcome, figures, result.message)
    return judged if figures["agreement"] else _near(judged)


def _near(result: Proof) -> Proof:
    """Return a proof of int8, refuted where the answers are so far from float32's that nobody would ship it."""
    rms = result.proof.get("relative_rms")
    if result.outcome != "proved" or rms is None or rms < FAR:
        return result
    return Proof("refuted", result.proof, f"in int8 the answers are {rms:.0%} (rms) from float32's")


def openings(reference: Reference, route: str) -> list[dict[str, dict[int, str]]]:
    """Return which dimensions an export leaves open, in the order of what is tried: all, the batch alone, none."""
    whole = {} if route in FIXED else dimensions(reference)
    batch = {name: {axis: word for axis, word in axes.items() if word == BATCH} for name, axes in whole.items()}
    found: list[dict[str, dict[int, str]]] = []
    for each in (whole, batch, {}):
        if each not in found and (any(each.values()) or each == {}):
            found.append(each)
    return found


def dimensions(reference: Reference) -> dict[str, dict[int, str]]:
    """Return for every input the dimensions that may vary, by axis."""
    known = {each.question.what for each in reference.asked}
    open_ = {BATCH} if reference.dynamic else set()
    named = {size for each in reference.entries for size in each.shape if isinstance(size, str)} - {BATCH}
    open_ |= {name for name in named if any(what.startswith(f"with another {name} ") for what in known)}
    return {
        each.name: {axis: size for axis, size in enumerate(each.shape) if isinstance(size, str) and size in open_}
        for each in reference.entries
    }


def _serves(what: str, free: Mapping[str, Mapping[int, str]]) -> bool:
    """Tell whether an export with these open dimensions is to answer a question."""
    names = {name for axes in free.values() for name in axes.values()}
    if what.endswith("at once"):
        return BATCH in names
    if what.startswith("with another "):
        return what.removeprefix("with another ").rpartition(" (")[0] in names
    return True


def _shape(each: Entry, sizes: Mapping[str, int], free: Mapping[int, str], batch: int | None) -> list[int | None]:
    """Return the sizes that an export is to take of one input; None where any."""
    found: list[int | None] = []
    for axis, size in enumerate(each.shape):
        if axis in free:
            found.append(None)
        elif size == BATCH:
            found.append(batch)
        else:
            found.append(sizes[size] if isinstance(size, str) else size)
    return found


def _pytorch(
    subject: Any, reference: Reference, sizes: Mapping[str, int], job: Job, free: Mapping[str, Mapping[int, str]]
) -> dict[str, Any]:
    import torch

    from probes.frameworks.pytorch import export
    from probes.models.programs import Call

    wide = any(free.values())
    # Of a batch of one an exporter takes one for a constant.
    stop = 2 if wide and reference.dynamic else 1
    feed = samples.rows(reference.inputs, reference.entries, 0, stop)
    tensors = {name: torch.tensor(array) for name, array in feed.items()}
    given = job.calibration
    source = Call(
        subject.wrapped(feed, list(reference.outputs)),
        tensors,
        job.int8,
        None if given is None else {name: torch.tensor(array) for name, array in given.items()},
        {name: {axis: (word, _most(word, sizes)) for axis, word in axes.items()} for name, axes in free.items()}
        if wide
        else {},
    )
    if job.route == "openvino":
        from probes.runtimes import openvino_export

        return openvino_export.save(export.program(source, None), source.sizes(), job.artifact, given)
    figures = importlib.import_module(f"probes.frameworks.pytorch.route_{job.route}").write(source, job.artifact)
    return (figures or {}) | _quantised(job)


def _most(word: str, sizes: Mapping[str, int]) -> int:
    return MOST if word == BATCH else max(MOST, 4 * sizes[word])


def _tensorflow(
    subject: Any, reference: Reference, sizes: Mapping[str, int], job: Job, free: Mapping[str, Mapping[int, str]]
) -> dict[str, Any]:
    shapes = {each.name: _shape(each, sizes, free.get(each.name, {}), 1) for each in reference.entries}
    feed = samples.rows(reference.inputs, reference.entries, 0, 1)
    source = subject.source(feed, shapes, job.calibration)
    if hasattr(subject, "call"):
        subject.call(feed)  # Keras exports only what was called once
    if job.route == "openvino":
        from probes.runtimes import openvino_export

        saved = source.saved(job.artifact.with_name("saved"))
        return openvino_export.save(saved, shapes, job.artifact, job.calibration)
    if job.route == "onnxruntime" and not hasattr(subject, "call"):
        from probes.models.saved_graphs import onnx_of

        onnx_of(subject.function, shapes, feed, job.artifact)
        return _quantised(job)
    figures = importlib.import_module(f"probes.frameworks.tensorflow.route_{job.route}").write(source, job.artifact)
    return (figures or {}) | _quantised(job)


def _onnx(
    subject: Any, reference: Reference, sizes: Mapping[str, int], job: Job, free: Mapping[str, Mapping[int, str]]
) -> dict[str, Any]:
    if job.route == "openvino":
        from probes.runtimes import openvino_export

        shapes = {each.name: _shape(each, sizes, free.get(each.name, {}), 1) for each in reference.entries}
        return openvino_export.save(str(subject.path), shapes, job.artifact, job.calibration)
    shutil.copyfile(subject.path, job.artifact)
    for name in subject.beside:
        target = job.artifact.parent / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(subject.path.parent / name, target)
    if job.int8:
        from probes.models.opsets import raised

        raised(job.artifact)
    return _quantised(job)


def _quantised(job: Job) -> dict[str, Any]:
    if job.route != "onnxruntime" or not job.int8:
        return {}
    from probes.runtimes import onnxruntime_int8

    assert job.calibration is not None
    return onnxruntime_int8.quantise(job.artifact, job.calibration)


MOST_JUDGED = 200
"""So many samples calibrate, and so many judge, at most."""


def halves(inputs: Feed) -> tuple[Feed, Feed]:
    """Return the user's samples in two halves: what calibrates int8, and what judges it."""
    middle = feeds.count(inputs) // 2
    calibrating = feeds.rows(inputs, 0, min(middle, MOST_JUDGED))
    return calibrating, feeds.rows(inputs, middle, middle + MOST_JUDGED)


def macs(artifact: Path, feed: Feed) -> int | None:
    """Return the multiplications of an artifact in ONNX."""
    import onnx

    from probes.models import onnx_file

    return onnx_file.macs(onnx.load(artifact), feed)


def calibration(inputs: Feed, entries: Sequence[Entry]) -> Feed | None:
    """Return samples for int8, one in each row; None where the inputs have no batch as their first dimension."""
    firsts = {each.name: each.shape[0] if each.shape else None for each in entries}
    if not set(firsts.values()) <= {BATCH, 1}:
        return None
    return {name: array if firsts[name] == BATCH else array[:, 0] for name, array in inputs.items()}
