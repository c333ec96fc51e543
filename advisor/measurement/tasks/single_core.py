"""What was robbed throughout, measured once more on one thread pinned to one core: another question, but a bound.

While other work runs, several threads wait for whichever of them was held back; one thread is only interrupted, and the
call that was not interrupted takes as long as on a quiet machine. So the median of short calls holds under load, and of
longer calls, none of which stays uninterrupted, the processor time does. Neither says what two threads would have done:
these figures are kept under a name of their own. Over the number of threads they bound what several would have taken.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from statistics import median

from advisor.measurement import grades
from advisor.measurement.run import PINNED_LATENCY, Observation
from advisor.measurement.session import sampling, stopping_rule
from advisor.measurement.session.context import Context
from advisor.measurement.session.effort import Pace
from advisor.measurement.session.events import PhaseStarted
from advisor.measurement.session.record import Record
from advisor.measurement.session.stopping_rule import Needed
from advisor.measurement.tasks.deployment import START_ESTIMATE, RuntimeProcess
from advisor.measurement.tasks.export import Artifact
from advisor.measurement.tasks.kinds import CellTask, EnvironmentTask
from advisor.measurement.timing import BOUNDED, UNBOUNDED, Round
from advisor.measurement.worker.answers import Block, WorkerError

PINNED = "pinned"
# What slows a processor from outside comes and goes within seconds: many short blocks, those of a group side by side,
# feel it alike. One thread has no pool that must come to rest, and is warm after a few calls.
SETTLE, LEAD_IN, SECONDS = 0.005, 0.02, 0.03
# Rounds of a process; a quick session, which hears one process, takes as many as it needs for a bound.
ROUNDS, QUICK_ROUNDS = 24, 8
# Of a quick session's time that others may add: what waiting has not used of it is this.
QUICK_SHARE = 0.2
# As everywhere, processes of one framework differ by more than rounds of one process do: so many are heard at least,
# where the pace has them.
PROCESSES = 3
# Calls up to this many seconds are mostly left alone between two turns of the scheduler.
SHORT = 1e-3


@dataclass(frozen=True)
class _Cell:
    group: str
    blank: Observation
    block: Callable[[], Block]


def measure(context: Context, needed: Needed, artifacts: Sequence[Artifact]) -> None:
    """Time on one thread that keeps to one core what was robbed throughout and is still open.

    That is every group with a long call that is only bounded, and has a pair that nobody knows the order of, or a call
    of which nothing says how long it takes at least. Of short calls the fastest single one is a better bound, and is
    known already. The observations have the metric ``latency-pinned``. Of each framework three fresh processes are
    heard (one in a quick session, for as many cells as its time has, the cheapest first), and where a pair of a group
    has no word as many more as the pace has. Nothing happens when there is no such group, when the system does not pin
    processes, or when the budget of time is spent.

    Parameters
    ----------
    needed : Needed
        What no longer could change the answer is not timed.
    artifacts : sequence of Artifact
        What ships.
    """
    core = _core()
    groups = _open(context, needed)
    late = context.over
    if core is None or not groups or late:
        return
    tasks = [each for each in context.plan.cells if each.group in groups and needed.why_not(each.blank()) is None]
    shipped = [each for each in artifacts if each.task.group in groups]
    if context.plan.pace.pinned == 1:
        tasks, shipped = _affordable(context, tasks, shipped)
        if not tasks and not shipped:
            return
    context.tell(PhaseStarted("Measure what was robbed on one thread", _estimate(context, tasks, shipped)))
    cells: list[_Cell] = []
    for process in range(context.plan.pace.pinned):
        if process >= PROCESSES:
            blanks = {group: [cell.blank for cell in cells if cell.group == group] for group in groups}
            groups = {group for group in groups if stopping_rule.unclear(context.record, blanks[group])}
        if context.over or not groups:
            return
        tasks = [task for task in tasks if task.group in groups]
        shipped = [artifact for artifact in shipped if artifact.task.group in groups]
        with ExitStack() as ending:
            with context.spending.on("preparation"):
                cells = _prepared(context, tasks, core, ending, backwards=process % 2 == 1)
                cells += _loaded(context, shipped, core, ending)
            title = f"one thread on core {core}, series {process + 1}"
            rounds = _rounds(context)
            seconds = len(cells) * rounds * _pace(context).block
            with context.task(title, seconds), context.spending.on("sampling"):
                for number in range(process * rounds, (process + 1) * rounds):
                    _round(context, cells, number, process)


def _round(context: Context, cells: list[_Cell], number: int, process: int) -> None:
    """Time one block of every cell, in random order, group by group; a cell that fails is taken out."""
    for cell in sampling.shuffled(context, cells):
        try:
            found = cell.block()
        except WorkerError as error:
            sampling.failed(context, cell.blank, error)
            cells.remove(cell)
        else:
            _keep(context, cell.blank, number, process, found)


def figure(found: Block) -> tuple[float, list[float]]:
    """Return the seconds that stand for a block of calls on one pinned thread, and the single values behind them."""
    middle = median(found.calls)
    if middle <= SHORT:
        return middle, found.calls
    each = found.cpu / found.made
    return each, [each]


def _open(context: Context, needed: Needed) -> set[str]:
    """Return the groups in which one thread would tell something that is needed and that nobody knows."""
    groups: dict[str, list[Observation]] = {}
    for group, blank in [(cell.group, cell.blank()) for cell in context.plan.cells] + [
        (route.group, route.latency()) for route in context.plan.routes
    ]:
        if needed.why_not(blank) is None:
            groups.setdefault(group, []).append(blank)
    return {group for group, blanks in groups.items() if _is_open(context.record, blanks)}


def _is_open(record: Record, blanks: Sequence[Observation]) -> bool:
    if not any(_bounded(record.rounds(blank)) for blank in blanks):
        return False
    keys = {blank.key for blank in blanks}
    summaries = [each.summary for each in record.finished() if each.key in keys and each.rounds]
    unbounded = any(each is not None and each.low <= UNBOUNDED for each in summaries)
    return unbounded or bool(stopping_rule.open_pairs(record, blanks))


def _bounded(rounds: Sequence[Round]) -> bool:
    """Tell whether one thread would bound these blocks better than their fastest call does."""
    if not rounds or grades.grade(rounds) != BOUNDED:
        return False
    return min(each.fastest or each.median for each in rounds) > grades.SHORT


def _affordable(
    context: Context, tasks: Sequence[CellTask], shipped: Sequence[Artifact]
) -> tuple[list[CellTask], list[Artifact]]:
    """Return what a quick session has time for, the cheapest first; what ships is ready at once."""
    left = QUICK_SHARE * context.plan.estimate - context.patience.used
    artifacts, cells = list[Artifact](), list[CellTask]()
    for each in shipped:
        if _estimate(context, cells, [*artifacts, each]) <= left:
            artifacts.append(each)
    for task in sorted(tasks, key=lambda each: each.again):
        if _estimate(context, [*cells, task], artifacts) <= left:
            cells.append(task)
    return cells, artifacts


def _core() -> int | None:
    try:
        return max(os.sched_getaffinity(0))
    except AttributeError:
        return None


def _pace(context: Context) -> Pace:
    pace = context.plan.pace
    return replace(
        pace,
        settle=min(pace.settle, SETTLE),
        lead_in=min(pace.lead_in, LEAD_IN),
        seconds=min(pace.seconds, SECONDS),
    )


def _rounds(context: Context) -> int:
    return ROUNDS if context.plan.pace.pinned > 1 else QUICK_ROUNDS


def _estimate(context: Context, tasks: Sequence[CellTask], shipped: Sequence[Artifact]) -> float:
    # All frameworks are started at once.
    started = max((each.estimate for each in context.plan.environments if _of(each, tasks)), default=0.0)
    rounds = (len(tasks) + len(shipped)) * _rounds(context) * _pace(context).block
    prepared = sum(task.again for task in tasks) + START_ESTIMATE * len(shipped)
    return min(PROCESSES, context.plan.pace.pinned) * (started + prepared + rounds)


def _of(environment: EnvironmentTask, tasks: Sequence[CellTask]) -> bool:
    return any(task.framework.id == environment.framework.id for task in tasks)


def _prepared(
    context: Context, tasks: Sequence[CellTask], core: int, ending: ExitStack, *, backwards: bool
) -> list[_Cell]:
    """Start one process per framework on the core, and make its cells ready there.

    Of two processes of one program, the one that starts seconds later was found 2 to 4 % faster: all start at once, and
    series by series another framework is prepared first.
    """
    cells, started = [], []
    for name, framework in context.plan.frameworks.items():
        own = [task for task in tasks if task.framework.id == name and _well(context, task.blank())]
        if own:
            started.append((own, ending.enter_context(context.framework_process(framework, threads=1, core=core))))
    for own, process in reversed(started) if backwards else started:
        try:
            process.described()
        except WorkerError as error:
            for task in own:
                sampling.failed(context, task.blank(PINNED_LATENCY), error)
            continue
        for task in own:
            known = context.record.find(task.blank())
            assert known is not None
            try:
                told = process.prepare(task, known.variant)
            except WorkerError as error:
                sampling.failed(context, task.blank(PINNED_LATENCY), error)
                continue
            blank = task.blank(PINNED_LATENCY).model_copy(
                update={
                    "outcome": "measured",
                    "how": f"{told.how}, one thread pinned to core {core}",
                    "variant": told.variant,
                    "flags": (PINNED,),
                }
            )
            context.record.observe(blank)
            pace = _pace(context)
            cells.append(_Cell(task.group, blank, partial(process.block, told.cell, pace, settle=pace.settle)))
    return cells


def _loaded(context: Context, shipped: Sequence[Artifact], core: int, ending: ExitStack) -> list[_Cell]:
    """Start one process per artifact on the core."""
    cells = []
    for artifact in shipped:
        blank = artifact.task.latency().model_copy(
            update={
                "metric": PINNED_LATENCY,
                "outcome": "measured",
                "how": f"one thread pinned to core {core}",
                "flags": (PINNED,),
            }
        )
        try:
            running = RuntimeProcess(context, artifact, threads=1, core=core)
        except WorkerError as error:
            sampling.failed(context, blank, error)
            continue
        ending.callback(running.stop)
        context.record.observe(blank)
        pace = _pace(context)
        cells.append(_Cell(artifact.task.group, blank, partial(running.block, pace, settle=pace.settle)))
    return cells


def _well(context: Context, blank: Observation) -> bool:
    known = context.record.find(blank)
    return known is not None and known.outcome == "measured"


def _keep(context: Context, blank: Observation, number: int, process: int, found: Block) -> None:
    middle, values = figure(found)
    kept = Round(
        round=number, process=process, median=middle, mean=found.wall / found.made, calls=found.made, wall=found.wall,
        cpu=found.cpu,
    )  # fmt: skip
    context.record.block(blank, kept, values)
