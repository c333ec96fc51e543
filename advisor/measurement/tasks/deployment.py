"""What would ship, in fresh processes that hold nothing but the runtime: accuracy, cold start, latency, memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advisor.measurement import statistics
from advisor.measurement.run import Observation
from advisor.measurement.session.context import Context
from advisor.measurement.session.effort import Pace
from advisor.measurement.session.sampling import Cell, Disturbances, failed, once
from advisor.measurement.tasks.export import Artifact, Digits
from advisor.measurement.tasks.kinds import RouteTask
from advisor.measurement.timing import Summary
from advisor.measurement.worker.answers import Block, Loaded, Memory, WorkerError
from advisor.measurement.worker.framework import BLOCK_LIMIT, time_block
from advisor.measurement.worker.protocol import AnswerAll, Load, Pending, TellMemory

LOAD_LIMIT = 60.0
ANSWER_LIMIT = 120.0
CHECK_ESTIMATE = 1.0
START_ESTIMATE = 0.5


class RuntimeProcess:
    """A fresh process with one artifact loaded.

    Attributes
    ----------
    cold_start : float
        Seconds from asking for the process to its first answer.
    runtime_start : float or None
        Those of them that were the runtime's: without starting Python and importing NumPy.
    """

    def __init__(
        self,
        context: Context,
        artifact: Artifact,
        sample: Path | None = None,
        *,
        threads: int | None = None,
        core: int | None = None,
    ) -> None:
        runtime, used = artifact.task.route.runtime, threads or context.threads
        self._worker = context.worker(
            "runtime", runtime, *context.plan.definitions.options(),
            python=context.environments[artifact.task.framework.id].python,
            name=f"the {artifact.task.route.title} worker", threads=used, core=core,
        )  # fmt: skip
        # Written before the process can read it, so that the cold start holds no pause of ours.
        sent = self._worker.send(Load(artifact=artifact.path, inputs=sample or artifact.sample, threads=used))
        reply = self._worker.reply(sent, limit=LOAD_LIMIT)
        self.cold_start = reply.received - self._worker.started
        try:
            self._cell = _loaded(reply.value)
            self.runtime_start = reply.value.load_seconds
        except WorkerError:
            self._worker.close()
            raise

    @property
    def pid(self) -> int:
        """The process id."""
        return self._worker.pid

    def block(self, pace: Pace, *, settle: float = 0.0) -> Block:
        """Time one block of answers to one sample, after `settle` seconds of rest if the caller has not rested."""
        return self._worker.ask(time_block(self._cell, pace, settle), limit=BLOCK_LIMIT)

    def answer(self, inputs: Path, outputs: Path) -> None:
        """Answer every sample of a file, one by one, into another file."""
        self._worker.ask(AnswerAll(inputs=inputs, outputs=outputs), limit=ANSWER_LIMIT)

    def send_memory(self) -> Pending[Memory]:
        """Ask what the process holds; `collect` waits for the answer."""
        return self._worker.send(TellMemory())

    def collect(self, pending: Pending[Memory]) -> Memory:
        """Return the answer to what was asked."""
        return self._worker.collect(pending, limit=LOAD_LIMIT)

    def stop(self) -> None:
        """End the process; it holds nothing that must be put away first."""
        self._worker.close()


class RuntimeCell(Cell):
    """A shipped artifact in a runtime process, as something that can be timed."""

    def __init__(self, task: RouteTask, running: RuntimeProcess, process: int) -> None:
        self.task = task
        self.running = running
        self._process = process

    @property
    def process(self) -> int:
        """The number of the process among those of the artifact, from 0."""
        return self._process

    @property
    def pid(self) -> int:
        """The process id."""
        return self.running.pid

    @property
    def group(self) -> str:
        """All shipped artifacts of one workload are visited side by side."""
        return self.task.group

    def blank(self) -> Observation:
        """Return the latency of the task before anything is known of it."""
        return self.task.latency()

    def block(self, pace: Pace) -> Block:
        """Time one block."""
        return self.running.block(pace)


def check(context: Context, artifacts: Sequence[Artifact], digits: Digits) -> list[Artifact]:
    """Judge every artifact of the trained network by the held-out digits; return those that answer, and the others.

    Accuracy is the share of right answers. The loss is taken against the float32 network's answers: pairs of answers to
    the same digits. This also brings the artifact and the runtime into the page cache for the cold starts.
    """
    labels = np.load(digits.labels)
    before = np.load(digits.predictions) == labels
    well = []
    for artifact in artifacts:
        task = artifact.task
        if not task.trained:
            well.append(artifact)
            continue
        with context.task(f"{task.title}: accuracy", CHECK_ESTIMATE) as result, context.spending.on("sampling"):
            try:
                after = _answers(context, artifact, digits) == labels
            except WorkerError as error:
                result.outcome, result.message = error.outcome, error.message
                for metric in ("accuracy", "accuracy-loss"):
                    failed(context, task.blank(metric), error)
                failed(context, task.latency(), error)
                continue
            _measured(context, task.blank("accuracy"), statistics.proportion(int(after.sum()), len(after)))
            _measured(context, task.blank("accuracy-loss"), statistics.paired_loss(before, after))
            well.append(artifact)
    return well


def start(context: Context, artifacts: Sequence[Artifact], segment: int) -> list[RuntimeCell]:
    """Start a fresh process for every artifact, one after the other in random order, and record the cold starts."""
    cells = []
    order = list(artifacts)
    context.random.shuffle(order)
    title = f"cold starts, series {segment + 1}"
    with context.task(title, START_ESTIMATE * len(order)) as result, context.spending.on("sampling"):
        for artifact in order:
            task = artifact.task
            blank, latency = task.blank("cold-start"), task.latency()
            try:
                running, met = _started(context, artifact)
            except WorkerError as error:
                result.outcome, result.message = error.outcome, error.message
                failed(context, blank, error)
                continue
            for each in (blank, latency):
                if context.record.find(each) is None:
                    _measured(context, each)
            context.record.value(blank, running.cold_start, met)
            if running.runtime_start is not None:
                own = task.blank("runtime-start")
                if context.record.find(own) is None:
                    _measured(context, own)
                context.record.value(own, running.runtime_start, met)
            cells.append(RuntimeCell(task, running, context.record.next_process([latency])))
    return cells


def _started(context: Context, artifact: Artifact) -> tuple[RuntimeProcess, Disturbances]:
    # The process is known once it runs, and asked for only then.
    running: list[RuntimeProcess] = []

    def start_one() -> RuntimeProcess:
        running[:] = [RuntimeProcess(context, artifact)]
        return running[0]

    return once(context, start_one, process=lambda: running[0].pid, again=RuntimeProcess.stop)


def finish(context: Context, cells: Sequence[RuntimeCell]) -> None:
    """Record what every runtime process held at its end, and end it."""
    with context.spending.on("sampling"):
        asked = [(cell, cell.running.send_memory()) for cell in cells]
        for cell, pending in asked:
            peak = cell.task.blank("peak-memory")
            try:
                told = cell.running.collect(pending)
            except WorkerError as error:
                failed(context, peak, error)
                continue
            finally:
                cell.running.stop()
            if context.record.find(peak) is None:
                _measured(context, peak)
                for build, size in (("native", told.native_bytes), (told.build, told.library_bytes)):
                    if size is not None:
                        _measured(context, cell.task.runtime_size(build), statistics.exact(float(size)))
                installed = cell.task.blank("runtime-installed-size")
                _measured(context, installed, statistics.exact(float(told.installed_bytes)))
            context.record.value(peak, float(told.peak_bytes))
            if told.before_bytes is not None:
                added = cell.task.blank("runtime-memory")
                if context.record.find(added) is None:
                    _measured(context, added)
                context.record.value(added, float(max(0, told.peak_bytes - told.before_bytes)))


def _loaded(told: Loaded) -> int:
    if told.forbidden:
        raise WorkerError(f"not the runtime alone: the process imported {', '.join(told.forbidden)}")
    return told.cell


def _measured(context: Context, blank: Observation, summary: Summary | None = None) -> None:
    context.record.observe(blank.model_copy(update={"outcome": "measured", "summary": summary}))


def _answers(context: Context, artifact: Artifact, digits: Digits) -> NDArray[np.intp]:
    outputs = artifact.path.with_name("held-out-answers.npy")
    running = RuntimeProcess(context, artifact, digits.held_out)
    try:
        running.answer(digits.held_out, outputs)
    finally:
        running.stop()
    answers: NDArray[np.floating[Any]] = np.load(outputs)
    classes: NDArray[np.intp] = np.argmax(answers.reshape(len(answers), -1), axis=1)
    return classes
