"""One framework's worker in a session: started, asked, and started again when it dies."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from advisor.measurement.definitions import FrameworkDefinition
from advisor.measurement.session.context import Context
from advisor.measurement.session.effort import Pace
from advisor.measurement.tasks.kinds import CellTask
from advisor.measurement.worker.answers import (
    Block,
    Described,
    Measured,
    Prepared,
    Reshaped,
    WorkerError,
    WorkerLostError,
)
from advisor.measurement.worker.framework import FrameworkProcess

RESTARTS = 2


class Bench:
    """One framework, held in a worker process.

    A command that kills its worker raises WorkerLostError once; the next command finds a fresh worker, and the cells
    that were alive are prepared again when they are next timed. After `RESTARTS` restarts in one session every command
    raises WorkerError.
    """

    def __init__(self, context: Context, definition: FrameworkDefinition) -> None:
        self.definition = definition
        blanks = [task.blank() for task in context.plan.cells if task.framework.id == definition.id]
        self.process = context.record.next_process(blanks) - 1
        self._pid = -1
        self._context = context
        self._held: FrameworkProcess | None = None
        self._cells: dict[str, int] = {}
        self._restarts = 0
        self._last = ""

    @property
    def pid(self) -> int:
        """The id of the process that answered last."""
        return self._pid

    @property
    def python(self) -> Path:
        """The interpreter that has the framework."""
        return self._context.environments[self.definition.id].python

    def start(self) -> Described:
        """Start a fresh process, import the framework there, and return what it says of itself."""
        self.launch()
        return self.started()

    def launch(self) -> None:
        """Start a fresh process that imports the framework, and return at once."""
        self.stop()
        self.process += 1
        self._held = self._context.framework_process(self.definition)
        self._pid = self._held.pid

    def started(self) -> Described:
        """Wait until a launched process has imported the framework, and return what it says of itself."""
        assert self._held is not None
        with self._noticed():
            return self._held.described()

    def prepare(self, task: CellTask) -> Prepared:
        """Make a cell ready; it counts as ready when this returns.

        The first process tries the variants of a setting; later ones take what it took, without another trial.
        """
        process = self._ready()
        known = self._context.record.find(task.blank())
        with self._noticed():
            answer = process.prepare(task, (known.variant if known else None) or task.variant)
        self._cells[task.key] = answer.cell
        return answer

    def block(self, task: CellTask, pace: Pace) -> Block:
        """Time one block of a cell; in a fresh worker the cell is prepared again first. The caller lets it settle."""
        process = self._ready()
        if task.key not in self._cells:
            with self._context.spending.on("preparation"):
                self.prepare(task)
        with self._noticed():
            return process.block(self._cells[task.key], pace, settle=0.0)

    def reshape(self, task: CellTask, batch: int) -> Reshaped:
        """Time the first call of a prepared inference on `batch` samples, and the one after it."""
        process = self._ready()
        if task.key not in self._cells:
            self.prepare(task)
        with self._noticed():
            return process.reshape(self._cells[task.key], task.workload.workload, batch)

    def measure(self, probe: str, route: str | None = None) -> Measured:
        """Conduct an experiment, with what is exported for a runtime where a route is named."""
        process = self._ready()
        with self._noticed():
            return process.measure(probe, route)

    def stop(self) -> None:
        """End the process; its cells are gone."""
        if self._held is not None:
            self._held.stop()
        self._held = None
        self._cells.clear()

    def _ready(self) -> FrameworkProcess:
        if self._held is None:
            if self._restarts > RESTARTS:
                raise WorkerError(f"not tried: {self.definition.title} was lost {self._restarts} times. {self._last}")
            with self._context.spending.on("imports"):
                self.start()
        assert self._held is not None
        return self._held

    @contextlib.contextmanager
    def _noticed(self) -> Iterator[None]:
        """Take note when the process is lost meanwhile: the next command finds a fresh one."""
        try:
            yield
        except WorkerLostError as error:
            self._held = None
            self._cells.clear()
            self._restarts += 1
            self._last = error.message.splitlines()[0]
            raise
