"""Interleaved rounds: every live cell of a group once, in random order, for one block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, Protocol

from advisor.measurement.bench import Bench
from advisor.measurement.context import Context
from advisor.measurement.plan import CellTask, Pace
from advisor.measurement.run import Observation, Round
from advisor.measurement.worker import WorkerError


class Cell(Protocol):
    """Something that can be timed for one block.

    Attributes
    ----------
    group : str
        Cells of one group are visited side by side.
    process : int
        The how-manieth process of its stack it lives in, from 0.
    """

    @property
    def group(self) -> str:
        """See above."""

    @property
    def process(self) -> int:
        """See above."""

    def blank(self) -> Observation:
        """Return the observation that its blocks belong to, before anything is known of it."""

    def block(self, pace: Pace) -> Mapping[str, Any]:
        """Time one block; WorkerError when that fails."""


class FrameworkCell:
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
        """The how-manieth process of the framework."""
        return self._bench.process

    def blank(self) -> Observation:
        """Return the latency of the task before anything is known of it."""
        return self._task.blank()

    def block(self, pace: Pace) -> Mapping[str, Any]:
        """Time one block."""
        return self._bench.block(self._task, pace)


def sample(context: Context, cells: Sequence[Cell], rounds: Sequence[int]) -> list[Cell]:
    """Visit every cell once per round and record its blocks; return the cells that are still well.

    The order of the groups, and of the cells within a group, is drawn anew for every round, so that no stack always
    follows the same neighbour, and a slow spell of the machine falls on all alike.

    Parameters
    ----------
    rounds : sequence of int
        The numbers of the rounds to make.
    """
    well = list(cells)
    for number in rounds:
        if not well:
            break
        title = f"round {number + 1} of {context.plan.pace.rounds}"
        with context.task(title, len(well) * context.plan.pace.block) as result, context.spending.on("sampling"):
            for cell in _shuffled(context, well):
                try:
                    _visit(context, cell, number)
                except WorkerError as error:
                    failed(context, cell.blank(), error)
                    well.remove(cell)
                    result.outcome, result.message = error.outcome, error.message
    return well


def failed(context: Context, blank: Observation, error: WorkerError) -> None:
    """Record that something could not be measured, and why; what was known of it before stays."""
    known = context.record.find(blank) or blank
    context.record.observe(
        known.model_copy(update={"outcome": error.outcome, "message": error.message, "where": error.where})
    )


def _visit(context: Context, cell: Cell, number: int) -> None:
    found = cell.block(context.plan.pace)
    calls = found["calls"]
    count = int(found.get("count", len(calls)))
    block = Round(
        round=number,
        process=cell.process,
        median=median(calls),
        mean=found["wall"] / count,
        calls=count,
        wall=found["wall"],
        cpu=found["cpu"],
    )
    context.record.block(cell.blank(), block, calls)


def _shuffled(context: Context, cells: Sequence[Cell]) -> list[Cell]:
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.group, []).append(cell)
    order = list(groups.values())
    context.random.shuffle(order)
    for group in order:
        context.random.shuffle(group)
    return [cell for group in order for cell in group]
