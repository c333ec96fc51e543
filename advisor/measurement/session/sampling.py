"""Interleaved rounds: every live cell of a group once, in random order, for one block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Protocol, TypeVar

from advisor.measurement.disturbance import Disturbance, robbed
from advisor.measurement.run import Observation
from advisor.measurement.session import stopping_rule
from advisor.measurement.session.context import Context
from advisor.measurement.session.effort import Pace
from advisor.measurement.session.record import Record
from advisor.measurement.tasks.kinds import CellTask
from advisor.measurement.timing import Round
from advisor.measurement.worker.answers import Block, WorkerError
from advisor.measurement.worker.bench import Bench

T = TypeVar("T")
Disturbances = tuple[Disturbance, ...]


class InGroup(Protocol):
    """Something that is compared with the others of its group."""

    @property
    def group(self) -> str:
        """The group's name."""


Grouped = TypeVar("Grouped", bound=InGroup)


class Cell(ABC):
    """Something that can be timed for one block, and whose latency the blocks belong to."""

    @property
    @abstractmethod
    def group(self) -> str:
        """Cells of one group are visited side by side."""

    @property
    @abstractmethod
    def process(self) -> int:
        """The number of the process of its stack in which it lives, from 0."""

    @property
    @abstractmethod
    def pid(self) -> int:
        """The id of that process."""

    @abstractmethod
    def blank(self) -> Observation:
        """Return the latency that its blocks belong to, before anything is known of it."""

    @abstractmethod
    def block(self, pace: Pace) -> Block:
        """Time one block; WorkerError when that fails. The caller lets the machine settle."""

    def done(self, record: Record, number: int) -> bool:
        """Whether a round of the latency is recorded and accepted already."""
        return record.done(self.blank(), number)

    def keep(self, record: Record, found: Round, calls: Sequence[float]) -> None:
        """Record a block of the latency."""
        record.block(self.blank(), found, calls)

    def lost(self, context: Context, error: WorkerError) -> None:
        """Record the error as the latency's outcome: no further block will come."""
        failed(context, self.blank(), error)


class FrameworkCell(Cell):
    """A prepared workload in a framework's worker."""

    def __init__(self, bench: Bench, task: CellTask) -> None:
        self._bench = bench
        self._task = task

    @property
    def group(self) -> str:
        """The workload and batch size."""
        return self._task.group

    @property
    def process(self) -> int:
        """The number of the process among those of the framework, from 0."""
        return self._bench.process

    @property
    def pid(self) -> int:
        """The process id of the framework's worker."""
        return self._bench.pid

    def blank(self) -> Observation:
        """Return the latency of the task before anything is known of it."""
        return self._task.blank()

    def block(self, pace: Pace) -> Block:
        """Time one block."""
        return self._bench.block(self._task, pace)


def sample(context: Context, cells: Sequence[Cell], rounds: Sequence[int]) -> list[Cell]:
    """Visit every cell once per round and record its blocks; return the cells that are still well.

    What an earlier part of the session has already, before it was interrupted, is passed over; and so is a group of
    which every pair is decided, once these processes have been heard for most of the rounds.

    The order of the groups, and of the cells within a group, is drawn anew for every round, so that no stack always
    follows the same neighbor, and a slow spell of the machine falls on all alike.

    Parameters
    ----------
    rounds : sequence of int
        The numbers of the rounds to make.
    """
    well = list(cells)
    for made, number in enumerate(rounds):
        decided = _decided(context, well) if made >= stopping_rule.least(len(rounds)) else frozenset()
        due = [cell for cell in well if cell.group not in decided and not cell.done(context.record, number)]
        if not due or context.over:
            continue
        planned = context.plan.pace.rounds
        title = f"round {number + 1} of {planned}" if number < planned else f"further round {number - planned + 1}"
        with context.task(title, len(due) * context.plan.pace.block) as result, context.spending.on("sampling"):
            for cell in shuffled(context, due):
                try:
                    context.patience.until_quiet(partial(_block, context, cell, number))
                except WorkerError as error:
                    cell.lost(context, error)
                    well.remove(cell)
                    result.outcome, result.message = error.outcome, error.message
        context.record.spent(context.spending.so_far())
    return well


def once(
    context: Context, run: Callable[[], T], *, process: Callable[[], int], again: Callable[[T], None] | None = None
) -> tuple[T, Disturbances]:
    """Do something that happens once in a process, and return its result with what disturbed it.

    Parameters
    ----------
    run : callable
        Does it; WorkerError goes through.
    process : callable
        Returns the id of the process in which it happened.
    again : callable, optional
        Puts a disturbed result away. With it, what was disturbed is done again after a pause, while there is patience.
    """
    if again is None:
        found = context.guard.once(run, process=process)
        context.patience.noticed(disturbed=robbed(found[1]))
        return found
    done: list[tuple[T, Disturbances]] = []

    def attempt() -> Disturbance | None:
        done[:] = [context.guard.once(run, process=process)]
        return next(iter(done[0][1]), None)

    def put_away() -> None:
        again(done[0][0])

    context.patience.until_quiet(attempt, put_away)
    return done[0]


def failed(context: Context, blank: Observation, error: WorkerError) -> None:
    """Record that something could not be measured, and why; what was known of it before stays."""
    known = context.record.find(blank) or blank
    context.record.observe(
        known.model_copy(update={"outcome": error.outcome, "message": error.message, "where": error.where})
    )


def _block(context: Context, cell: Cell, number: int) -> Disturbance | None:
    """Time one block, record it, and return which processors were taken from it, which may pass, or None."""
    found, sight = context.guard.block(
        lambda: cell.block(context.plan.pace), stack=str(cell.blank().key), process=lambda: cell.pid
    )
    block = Round(
        round=number,
        process=cell.process,
        median=median(found.calls),
        mean=found.wall / found.made,
        calls=found.made,
        fastest=min(found.calls),
        wall=found.wall,
        cpu=found.cpu,
        energy=found.energy,
        foreign_cpu=sight.foreign_cpu,
        hidden_cpu=sight.hidden_cpu,
        canary=sight.canary,
        slowdown=sight.slowdown,
        threads=sight.threads,
        frequency=sight.clock.frequency,
        temperature=sight.clock.temperature,
        accepted=not sight.disturbances,
        disturbances=sight.disturbances,
    )
    cell.keep(context.record, block, found.calls)
    return next((each for each in sight.disturbances if each.kind == "robbed"), None)


def _decided(context: Context, cells: Sequence[Cell]) -> frozenset[str]:
    """Return the groups in which more rounds could not change a word."""
    groups: dict[str, dict[str, Observation]] = {}
    for cell in cells:
        blank = cell.blank()
        groups.setdefault(cell.group, {})[str(blank.key)] = blank
    pace = context.plan.pace
    return frozenset(
        group for group, blanks in groups.items() if stopping_rule.decided(context.record, list(blanks.values()), pace)
    )


def shuffled(context: Context, cells: Sequence[Grouped]) -> list[Grouped]:
    """Return the cells in random order, those of a group side by side: what slows one then slows the others, too."""
    groups: dict[str, list[Grouped]] = {}
    for cell in cells:
        groups.setdefault(cell.group, []).append(cell)
    order = list(groups.values())
    context.random.shuffle(order)
    for group in order:
        context.random.shuffle(group)
    return [cell for group in order for cell in group]
