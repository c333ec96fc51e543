"""From a trained network to artifacts: the shared weights, and the proof of every route."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
MOST = 4
"""So many processes export at once at most, however many processors there are: each holds a framework."""
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
class _Exporter:
    """A process that exports for one framework, and what it is working on.

    ``done`` are the runtimes whose converters it has imported.
    """

    framework: str
    python: Path
    process: RecipeProcess
    done: set[str] = field(default_factory=set)
    task: RouteTask | None = None
    began: float = 0.0
    pending: Pending[Concluded] | None = None


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
    memory costs its own export. As many run at once as there are processors (`MOST` at the most), each on its share of
    the threads; what follows another export in one process finds the framework imported, and mostly the converter. No
    time of this phase is compared: the seconds of an export are recorded, and flagged where another ran beside it. A
    route that is not `needed` any more is left out: one export that is refuted can end the case of its stack. The
    `digits` are for tasks with the trained network; without them, those are failed.
    """
    waiting = [task for task in tasks if task.framework.id in benches]
    artifacts: list[Artifact] = []
    with contextlib.ExitStack() as stack:
        exporters = _Exporters(context, stack, waiting)
        while waiting or exporters.busy:
            while waiting and (found := exporters.next(waiting)) is not None:
                exporter, task = found
                waiting.remove(task)
                for each in needed.due([task]):
                    _begin(context, each, exporter, digits)
            for exporter in exporters.busy:
                concluded = _glance(context, exporter)
                if concluded is not None:
                    artifacts += _conclude(context, exporter, concluded, digits, alone=exporters.most < 2)
            exporters.retire(waiting)
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
    """The processes that export: started as there is work for them, and kept until the phase ends."""

    def __init__(self, context: Context, stack: contextlib.ExitStack, tasks: Sequence[RouteTask]) -> None:
        self._context = context
        self._stack = stack
        self._running: list[_Exporter] = []
        self._number = 0
        converters = {(task.framework.id, task.route.runtime) for task in tasks}
        self.most = max(1, min(MOST, context.record.start.host.cores, len(converters)))
        # Two programs with a thread for every processor each wait for each other at every barrier.
        self._threads = max(1, context.threads // self.most)

    @property
    def busy(self) -> list[_Exporter]:
        """Those that work on something."""
        return [each for each in self._running if each.pending is not None]

    def next(self, waiting: Sequence[RouteTask]) -> tuple[_Exporter, RouteTask] | None:
        """Return which process takes up which task; None while there are enough at work.

        The framework that has most left comes first. A free process of it goes on with what it has the converter of; a
        further one is started for what no process of it is at work on.
        """
        if len(self.busy) >= self.most:
            return None
        task = max(waiting, key=lambda each: self._priority(each, waiting))
        python = self._context.environments[task.framework.id].python_for(task.probe)
        alike = [each for each in self._running if (each.framework, each.python) == (task.framework.id, python)]
        free = [each for each in alike if each.pending is None]
        if not free:
            return self._started(task, python), task
        taken = max(free, key=lambda each: task.route.runtime in each.done)
        return taken, task

    def retire(self, waiting: Sequence[RouteTask]) -> None:
        """End the processes for which no work is left: each holds a framework in memory."""
        left = {task.framework.id for task in waiting}
        for each in [each for each in self._running if each.pending is None and each.framework not in left]:
            each.process.close()
            self._running.remove(each)

    def _priority(self, task: RouteTask, waiting: Sequence[RouteTask]) -> tuple[float, int, int]:
        """Return what sorts what waits: the work left of its framework, a converter at hand, its place."""
        own = [each for each in self._running if each.framework == task.framework.id]
        left = sum(each.estimate for each in waiting if each.framework == task.framework)
        left += sum(each.task.estimate for each in own if each.task is not None)
        share = left / (1 + sum(each.pending is not None for each in own))
        runtime = task.route.runtime
        at_hand = any(each.pending is None and runtime in each.done for each in own)
        elsewhere = any(each.pending is not None and runtime in each.done for each in own)
        return share, at_hand - elsewhere, -waiting.index(task)

    def _started(self, task: RouteTask, python: Path) -> _Exporter:
        self._number += 1
        scratch = self._context.scratch / f"exports-{self._number}"
        process = RecipeProcess(
            self._context, task.framework, task.probe, task.route.limits, scratch, threads=self._threads
        )
        found = _Exporter(task.framework.id, python, self._stack.enter_context(contextlib.closing(process)))
        self._running.append(found)
        return found


def _begin(context: Context, task: RouteTask, exporter: _Exporter, digits: Digits | None) -> None:
    began = context.start(task.title, task.estimate)
    # Not in the exporter's own folder, which is removed when it ends: this one is measured later.
    folder = context.scratch / task.folder
    folder.mkdir(exist_ok=True)
    weights = digits.weights if digits is not None and task.trained else None
    try:
        pending = exporter.process.send(lambda running: running.send_route(task, folder, weights))
    except WorkerError as error:
        failed(context, task.blank(), error)
        context.finish(task.title, began, Result(error.outcome, error.message))
        return
    exporter.task, exporter.began, exporter.pending = task, began, pending
    exporter.done.add(task.route.runtime)


def _glance(context: Context, exporter: _Exporter) -> Concluded | None:
    assert exporter.task is not None
    assert exporter.pending is not None
    try:
        return exporter.process.poll(exporter.pending, timeout=_GLANCE)
    except WorkerError as error:
        task, exporter.task, exporter.pending = exporter.task, None, None
        exporter.done.clear()  # the next one finds a fresh process
        failed(context, task.blank(), error)
        context.finish(task.title, exporter.began, Result(error.outcome, error.message))
        return None


def _conclude(
    context: Context, exporter: _Exporter, concluded: Concluded, digits: Digits | None, *, alone: bool
) -> list[Artifact]:
    task, exporter.task, exporter.pending = exporter.task, None, None
    assert task is not None
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
    context.finish(task.title, exporter.began, Result(concluded.outcome, concluded.message))
    if concluded.outcome != "proved" or path is None:
        return []
    size = statistics.exact(float(proof["artifact_bytes"]))
    context.record.observe(task.blank("artifact-size").model_copy(update={"outcome": "measured", "summary": size}))
    if task.trained and digits is not None:
        sample = digits.sample
    return [] if sample is None else [Artifact(task, Path(path), Path(sample))]
