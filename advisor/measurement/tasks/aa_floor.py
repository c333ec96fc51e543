"""The A/A floor: a second process of each framework times the same cell, and should find the same."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence

from advisor.measurement.definitions import OUT_OF_THE_BOX
from advisor.measurement.session.context import Context
from advisor.measurement.session.events import Noticed
from advisor.measurement.session.record import Record
from advisor.measurement.session.sampling import FrameworkCell
from advisor.measurement.tasks.kinds import CellTask
from advisor.measurement.timing import Round
from advisor.measurement.worker.answers import WorkerError
from advisor.measurement.worker.bench import Bench


class TwinCell(FrameworkCell):
    """A cell that is measured a second time, in a process of its own; its blocks belong to the floor alone."""

    def __init__(self, bench: Bench, task: CellTask) -> None:
        super().__init__(bench, task)
        self._framework = task.framework

    def done(self, record: Record, number: int) -> bool:
        """Whether a round is recorded for the floor already."""
        return record.twin_done(self._framework.id, self.blank(), number)

    def keep(self, record: Record, found: Round, calls: Sequence[float]) -> None:  # noqa: ARG002 - a cell's method
        """Record a block for the floor."""
        record.twin(self._framework.id, self.blank(), found)

    def lost(self, context: Context, error: WorkerError) -> None:
        """Tell it: the framework's own cell is not touched."""
        context.tell(Noticed(f"{self._framework.title}'s second process is lost, so is its A/A floor: {error.message}"))


class Twins:
    """The second processes of all frameworks.

    Their imports are no observation, so `launch` returns at once, and something else may run before `cells` waits.
    """

    def __init__(self, context: Context, benches: Mapping[str, Bench]) -> None:
        self._context = context
        self._tasks = {
            name: task for name, task in context.plan.references.items() if name in benches and _well(context, task)
        }
        self._benches = {name: Bench(context, task.framework) for name, task in self._tasks.items()}
        self._launched: list[str] = []

    def launch(self) -> None:
        """Start fresh processes."""
        for bench in self._benches.values():
            bench.launch()
        self._launched = list(self._benches)

    def cells(self, groups: Collection[str] | None = None) -> list[TwinCell]:
        """Wait for the launched processes and make their cells ready; one that fails costs its floor only.

        Parameters
        ----------
        groups : collection of str, optional
            The groups that the first processes hold; default all.
        """
        ready = []
        with self._context.spending.on("preparation"):
            for name in self._launched:
                bench, cell = self._benches[name], TwinCell(self._benches[name], self._tasks[name])
                try:
                    bench.started()
                    self._fill(bench, groups)
                    bench.prepare(self._tasks[name])
                except WorkerError as error:
                    cell.lost(self._context, error)
                else:
                    ready.append(cell)
        return ready

    def _fill(self, bench: Bench, groups: Collection[str] | None) -> None:
        """Make everything ready that the first process holds, as far as that needs no compiler.

        A process that holds the one cell alone was found 4 to 10 % slower than the one it is to be compared with.
        """
        for task in self._context.plan.cells:
            reference = task is self._tasks[bench.definition.id]
            of_this = task.framework.id == bench.definition.id and task.setting == OUT_OF_THE_BOX
            held = groups is None or task.group in groups
            if of_this and held and not reference and _well(self._context, task):
                with contextlib.suppress(WorkerError):
                    bench.prepare(task)

    def stop(self) -> None:
        """End the processes."""
        for bench in self._benches.values():
            bench.stop()


def _well(context: Context, task: CellTask) -> bool:
    """Tell whether the first process holds the cell: it was neither left out nor did it fail there."""
    known = context.record.find(task.blank())
    return known is not None and known.outcome == "measured"
