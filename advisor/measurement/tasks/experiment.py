"""What is measured apart from the rounds: the first call at another shape, and the experiments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from statistics import median

from advisor.measurement import statistics
from advisor.measurement.definitions import BEST_KNOWN
from advisor.measurement.metrics import unit_of
from advisor.measurement.run import Observation
from advisor.measurement.run_index import CEILING, PEAK
from advisor.measurement.session.context import Context
from advisor.measurement.session.events import PhaseStarted
from advisor.measurement.session.sampling import Disturbances, once
from advisor.measurement.session.stopping_rule import Needed
from advisor.measurement.tasks import contention
from advisor.measurement.tasks.kinds import ExperimentTask
from advisor.measurement.tasks.memory import fail, measured
from advisor.measurement.timing import Summary
from advisor.measurement.worker.answers import Measured, WorkerError
from advisor.measurement.worker.bench import Bench
from advisor.measurement.worker.client import Worker
from advisor.measurement.worker.protocol import MeasureCeiling

BUSY = "busy-machine"
CEILING_LIMIT = 120.0
# Seconds on a quiet machine with two cores; only the progress display uses them.
SHAPE_ESTIMATE = 2.0


def shapes(context: Context, benches: Mapping[str, Bench]) -> None:
    """Time, in every compiled setting of an inference, the first call with one sample more than it was compiled for."""
    tasks = [task for task in measured(context, benches, "inference") if task.setting == BEST_KNOWN]
    due = [task for task in tasks if context.record.find(task.blank("recompile-time")) is None]
    if due:
        context.tell(PhaseStarted("Call at another shape", SHAPE_ESTIMATE * len(due)))
    for task in due:
        blank, batch = task.blank("recompile-time"), task.batch + 1
        known = context.record.find(task.blank()) or blank
        blank = blank.model_copy(update={"how": known.how, "variant": known.variant, "proof": {"batch": batch}})
        if not _compiled(known):
            message = "nothing is compiled in this setting"
            context.record.observe(blank.model_copy(update={"outcome": "not_applicable", "message": message}))
            continue
        bench = benches[task.framework.id]
        with context.task(f"{task.title}, at another shape", SHAPE_ESTIMATE) as result:
            with context.spending.on("preparation"):
                try:
                    told, met = once(context, partial(bench.reshape, task, batch), process=_pid_of(bench))
                except WorkerError as error:
                    fail(context, blank, error, result)
                    continue
            context.record.observe(blank.model_copy(update={"outcome": "measured"}))
            context.record.value(blank, max(0.0, told.first_call - told.second_call), met)


def conduct(context: Context, tasks: Sequence[ExperimentTask], benches: Mapping[str, Bench], needed: Needed) -> None:
    """Conduct the experiments that are `needed`, one after the other, and record their figures."""
    if not tasks:
        return
    context.tell(PhaseStarted("Experiments", sum(task.estimate for task in tasks)))
    if ceilings := needed.due(task for task in tasks if task.probe == CEILING):
        _numpy_ceiling(context, ceilings[0], benches)
    for task in _still(needed, (each for each in tasks if each.probe != BUSY)):
        bench = benches[task.framework.id]
        with context.task(task.title, task.estimate) as result, context.spending.on("sampling"):
            try:
                told, met = once(
                    context,
                    partial(bench.measure, task.probe, task.route),
                    process=_pid_of(bench),
                    again=lambda _: None,
                )
            except WorkerError as error:
                fail(context, task.blank(), error, result)
                continue
            _record(context, task, told, met)
    # Last, since load of our own is no neighbor for anything else.
    for task in _still(needed, (each for each in tasks if each.probe == BUSY)):
        with context.task(task.title, task.estimate) as result, context.spending.on("sampling"):
            try:
                context.record.observe(contention.slow_down(context, task))
            except WorkerError as error:
                fail(context, task.blank(), error, result)


def _still(needed: Needed, tasks: Iterable[ExperimentTask]) -> Iterator[ExperimentTask]:
    """Yield the tasks that are needed when it is their turn: what the one before showed may have decided it."""
    for task in tasks:
        yield from needed.due([task])


def _compiled(known: Observation) -> bool:
    tried = (known.proof or {}).get("tried", ())
    return any(each["variant"] == known.variant and each.get("compiled") for each in tried)


def _pid_of(bench: Bench) -> partial[int]:
    # Asked afterwards: a process that was lost is replaced.
    return partial(getattr, bench, "pid")


def _numpy_ceiling(context: Context, task: ExperimentTask, benches: Mapping[str, Bench]) -> None:
    """Record what NumPy reaches, in the Python of one of the frameworks."""
    blank = task.blank(PEAK).model_copy(update={"parameters": {"library": "NumPy"}})
    running: list[Worker] = []

    def run() -> Measured:
        python = benches[task.framework.id].python
        threads = str(context.threads)
        running.append(context.worker("ceiling", "--threads", threads, python=python, name="the ceiling's process"))
        return running[-1].sole_answer(MeasureCeiling(), limit=CEILING_LIMIT)

    with context.task("NumPy: the ceiling of the machine", task.estimate) as result:
        try:
            with context.spending.on("sampling"):
                told, met = once(context, run, process=lambda: running[-1].pid, again=lambda _: running[-1].close())
        except WorkerError as error:
            fail(context, blank, error, result)
            return
        finally:
            # Not before: the clock of a process that has ended cannot be told from somebody else's work.
            for worker in running:
                worker.close()
        for metric, values in told.values.items():
            one = blank.model_copy(update={"metric": metric, "unit": unit_of(metric)})
            context.record.observe(_best(one, told, values, met))


def _record(context: Context, task: ExperimentTask, told: Measured, met: Disturbances) -> None:
    for metric, values in told.values.items():
        blank = task.blank(metric)
        if task.probe == CEILING:
            context.record.observe(_best(blank, told, values, met))
            continue
        # The details, such as a curve for every seed, are told once.
        proof = dict(told.details) if metric == task.experiment.metrics[0] else None
        found = blank.model_copy(update={"outcome": "measured", "how": told.how, "proof": proof})
        if unit_of(metric) != "s":
            # Counts and shares are exact: only the seeds differ, and that is their range.
            low, high = min(map(float, values)), max(map(float, values))
            summary = Summary(median=float(median(values)), low=low, high=high, n=len(values))
            context.record.observe(found.model_copy(update={"summary": summary}))
            continue
        context.record.observe(found)
        for value in values:
            context.record.value(blank, float(value), met)


def _best(blank: Observation, told: Measured, values: Sequence[float], met: Disturbances) -> Observation:
    """Return the observation of a ceiling: the highest value, since whatever disturbs only lowers it."""
    details = dict(told.details) | ({"disturbed": [each.model_dump(exclude_none=True) for each in met]} if met else {})
    summary = statistics.exact(max(map(float, values))).model_copy(update={"n": len(values)})
    return blank.model_copy(update={"outcome": "measured", "how": told.how, "proof": details, "summary": summary})
