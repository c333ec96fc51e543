"""From a trained network to artifacts: the shared weights, and the proof of every route."""

from __future__ import annotations

import contextlib
import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from advisor.measurement import statistics
from advisor.measurement.session.context import Context, Result
from advisor.measurement.session.sampling import failed
from advisor.measurement.session.stopping_rule import Needed
from advisor.measurement.tasks.kinds import RouteTask
from advisor.measurement.tasks.recipe_process import RecipeProcess
from advisor.measurement.worker.answers import Concluded, WorkerError
from advisor.measurement.worker.bench import Bench
from advisor.measurement.worker.protocol import Pending, Train

TRAIN_LIMIT = 120.0
_GLANCE = 0.05
_CONCURRENT = "measured-beside-another"


@dataclass(frozen=True)
class Digits:
    """The trained network and the data it is judged by: files in the session's scratch folder.

    ``predictions`` are the classes that the NumPy reference gives; a framework whose float32 answers agree with it
    within the parity limit gives the same. ``sample`` is the first of the held-out ones.
    """

    weights: Path
    held_out: Path
    labels: Path
    predictions: Path
    sample: Path


@dataclass(frozen=True)
class Artifact:
    """What a proved route would ship, and one input of its network as a NumPy file."""

    task: RouteTask
    path: Path
    sample: Path


@dataclass
class _Proving:
    """The proof that a framework is working on."""

    task: RouteTask
    began: float
    exporter: RecipeProcess
    pending: Pending[Concluded]


def train(context: Context, bench: Bench) -> Digits:
    """Train the network that all routes ship, once for all frameworks, in the Python of `bench`.

    Raises
    ------
    WorkerError
        When the data is not installed there, or training fails.
    """
    folder = context.scratch / "digits"
    folder.mkdir(exist_ok=True)
    with context.worker("digits", "--output", str(folder), python=bench.python, name="the digits' trainer") as worker:
        worker.sole_answer(Train(), limit=TRAIN_LIMIT)
    held_out, sample = folder / "held-out.npy", folder / "sample.npy"
    np.save(sample, np.load(held_out)[:1])
    return Digits(
        folder / "cnn-digits.npz", held_out, folder / "held-out-labels.npy", folder / "held-out-predictions.npy", sample
    )


def prove(
    context: Context, tasks: Sequence[RouteTask], benches: Mapping[str, Bench], digits: Digits | None, needed: Needed
) -> list[Artifact]:
    """Prove every route and record the outcome; return what can be shipped, in the order of `tasks`.

    Exports run in processes of their own, apart from those that are timed: a converter that crashes, hangs or eats
    memory costs its own export. Those of one framework (and one Python) follow each other in one process, and a new one
    is started when that was lost. The frameworks export side by side: no time of this phase is compared. The seconds of
    an export are recorded, and flagged, since another export ran beside it. A route that is not `needed` any more is
    left out: one export that is refuted can end the case of its stack. The `digits` are for tasks with the trained
    network; without them, those are failed.
    """
    waiting = {name: deque(task for task in tasks if task.framework.id == name) for name in benches}
    busy: dict[str, _Proving] = {}
    artifacts: list[Artifact] = []
    alone = sum(1 for queue in waiting.values() if queue) < 2
    with contextlib.ExitStack() as stack:
        exporters = _Exporters(context, stack)
        while busy or any(waiting.values()):
            for name in benches:
                if name not in busy and waiting[name]:
                    for task in needed.due([waiting[name].popleft()]):
                        _begin(context, task, exporters, digits, busy)
                if name in busy:
                    concluded = _glance(context, busy, name)
                    if concluded is not None:
                        proving = busy.pop(name)
                        artifacts += _conclude(context, proving, concluded, digits, alone=alone)
    return sorted(artifacts, key=lambda artifact: tasks.index(artifact.task))


def files_of(artifact: Path) -> list[Path]:
    """Return the files that an artifact consists of: itself, all in it, and the weights that lie beside a graph."""
    if artifact.is_dir():
        return sorted(each for each in artifact.rglob("*") if each.is_file())
    return [
        artifact,
        *(beside for beside in (artifact.with_suffix(".bin"),) if artifact.suffix == ".xml" and beside.is_file()),
    ]


def digest(artifact: Path) -> str:
    """Return the SHA-256 of an artifact's files and their names: what is measured elsewhere is known by it."""
    whole = hashlib.sha256()
    for file in files_of(artifact):
        whole.update(file.relative_to(artifact.parent).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


class _Exporters:
    """The processes that export: one for every framework and Python, kept until the phase ends."""

    def __init__(self, context: Context, stack: contextlib.ExitStack) -> None:
        self._context = context
        self._stack = stack
        self._running: dict[tuple[str, Path], RecipeProcess] = {}

    def of(self, task: RouteTask) -> RecipeProcess:
        """Return the process that does a task."""
        python = self._context.environments[task.framework.id].python_for(task.probe)
        key = task.framework.id, python
        if key not in self._running:
            scratch = self._context.scratch / f"exports-{len(self._running)}"
            process = RecipeProcess(self._context, task.framework, task.probe, task.route.limits, scratch)
            self._running[key] = self._stack.enter_context(contextlib.closing(process))
        return self._running[key]


def _begin(
    context: Context, task: RouteTask, exporters: _Exporters, digits: Digits | None, busy: dict[str, _Proving]
) -> None:
    began = context.start(task.title, task.estimate)
    # Not in the exporter's own folder, which is removed when it ends: this one is measured later.
    folder = context.scratch / task.folder
    folder.mkdir(exist_ok=True)
    weights = digits.weights if digits is not None and task.trained else None
    try:
        exporter = exporters.of(task)
        pending = exporter.send(lambda running: running.send_route(task, folder, weights))
        busy[task.framework.id] = _Proving(task, began, exporter, pending)
    except WorkerError as error:
        failed(context, task.blank(), error)
        context.finish(task.title, began, Result(error.outcome, error.message))


def _glance(context: Context, busy: dict[str, _Proving], name: str) -> Concluded | None:
    proving = busy[name]
    try:
        return proving.exporter.poll(proving.pending, timeout=_GLANCE)
    except WorkerError as error:
        del busy[name]
        failed(context, proving.task.blank(), error)
        context.finish(proving.task.title, proving.began, Result(error.outcome, error.message))
        return None


def _conclude(
    context: Context, proving: _Proving, concluded: Concluded, digits: Digits | None, *, alone: bool
) -> list[Artifact]:
    task = proving.task
    proof = dict(concluded.proof or {})
    # The folder is gone when the session ends; the name is what a reader of the Run can use.
    path, sample, message = proof.pop("artifact", None), proof.pop("sample", None), concluded.message
    mend = context.environments[task.framework.id].mend.get(task.probe)
    if concluded.outcome == "not_installed" and mend is not None:
        message = f"{message}: {mend}"
    if path is not None:
        proof |= {"artifact": Path(path).name, "artifact_sha256": digest(Path(path))}
    context.record.observe(
        task.blank().model_copy(
            update={
                "outcome": concluded.outcome,
                **{each: proof.pop(each) for each in ("variant", "how") if each in proof},
                "proof": proof or None,
                "message": message,
                "where": concluded.where,
                "seconds": concluded.seconds,
                "flags": () if alone else (_CONCURRENT,),
            }
        )
    )
    context.finish(task.title, proving.began, Result(concluded.outcome, concluded.message))
    if concluded.outcome != "proved" or path is None:
        return []
    size = statistics.exact(float(proof["artifact_bytes"]))
    context.record.observe(task.blank("artifact-size").model_copy(update={"outcome": "measured", "summary": size}))
    if task.trained and digits is not None:
        sample = digits.sample
    return [] if sample is None else [Artifact(task, Path(path), Path(sample))]
