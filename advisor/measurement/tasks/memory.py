"""What training takes of memory: each cell in a fresh process that does nothing else."""

from __future__ import annotations

from collections.abc import Container, Sequence

from advisor.measurement.run import Observation
from advisor.measurement.session.context import Context, Result
from advisor.measurement.session.events import PhaseStarted
from advisor.measurement.session.sampling import failed
from advisor.measurement.tasks.kinds import CellTask
from advisor.measurement.worker.answers import Footprint, WorkerError
from advisor.measurement.worker.framework import FrameworkProcess
from advisor.measurement.worker.protocol import Pending

# Seconds on a quiet machine with two cores; only the progress display uses them.
ESTIMATE = 8.0


def measure(context: Context, benches: Container[str]) -> None:
    """Measure what a few training steps take of memory, in fresh processes that do nothing else.

    The frameworks' processes run side by side: nothing is timed.
    """
    groups: dict[str, list[CellTask]] = {}
    for task in measured(context, benches, "training"):
        if context.record.find(task.blank("peak-memory")) is None:
            groups.setdefault(task.key, []).append(task)
    if groups:
        seconds = ESTIMATE * len(groups) * context.plan.pace.apart
        context.tell(PhaseStarted("Measure the memory of training", seconds))
    for tasks in groups.values():
        for turn in range(context.plan.pace.apart):
            title = f"memory of {tasks[0].workload.title} ({tasks[0].setting.replace('-', ' ')}), process {turn + 1}"
            with context.task(title, ESTIMATE) as result, context.spending.on("sampling"):
                _side_by_side(context, tasks, result)


def measured(context: Context, benches: Container[str], kind: str) -> list[CellTask]:
    """Return the cells of a kind of task whose latency was measured, in a session that measures apart."""
    found = []
    for task in context.plan.cells if context.plan.pace.apart else ():
        known = context.record.find(task.blank())
        if task.workload.task == kind and task.framework.id in benches and known and known.outcome == "measured":
            found.append(task)
    return found


def fail(context: Context, blank: Observation, error: WorkerError, result: Result) -> None:
    """Record that something could not be measured, and tell it with the task."""
    result.outcome, result.message = error.outcome, error.message
    failed(context, blank, error)


def _side_by_side(context: Context, tasks: Sequence[CellTask], result: Result) -> None:
    started: list[tuple[CellTask, FrameworkProcess]] = []
    try:
        for task in tasks:
            process = context.framework_process(task.framework)
            started.append((task, process))  # at once: should the next not start, this one is ended
        asked = [(task, process, _ask_memory(context, task, process)) for task, process in started]
        for task, process, question in asked:
            peak, delta = task.blank("peak-memory"), task.blank("memory-delta")
            try:
                if isinstance(question, WorkerError):
                    raise question
                told = process.footprint(question)
            except WorkerError as error:
                fail(context, peak, error, result)
                continue
            known = context.record.find(task.blank())
            for blank, value in ((peak, told.peak), (delta, told.after - told.before)):
                if context.record.find(blank) is None:
                    taken = {"how": known.how, "variant": known.variant} if known else {}
                    context.record.observe(blank.model_copy(update={"outcome": "measured", **taken}))
                context.record.value(blank, float(value))
    finally:
        for _, process in started:
            process.close()


def _ask_memory(context: Context, task: CellTask, process: FrameworkProcess) -> Pending[Footprint] | WorkerError:
    known = context.record.find(task.blank())
    try:
        process.described()
    except WorkerError as error:
        return error
    return process.send_footprint(task, known.variant if known else None)
