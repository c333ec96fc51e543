"""One framework's worker in a session: started, asked, and started again when it dies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from advisor.measurement.definitions import FrameworkDefinition
from advisor.measurement.session.context import Context
from advisor.measurement.session.effort import Pace
from advisor.measurement.tasks.kinds import CellTask, RouteTask
from advisor.measurement.worker.answers import Pending, Reply, WorkerError, WorkerLostError
from advisor.measurement.worker.client import Worker

RESTARTS = 2
# Seconds after which a worker counts as hanging. Generous: a slow machine is no error.
DESCRIBE_LIMIT = 180.0
PREPARE_LIMIT = 300.0
PROVE_LIMIT = 300.0
BLOCK_LIMIT = 60.0


def timed(worker: Worker, cell: int, pace: Pace) -> Mapping[str, Any]:
    """Let a worker rest and then time one block of a cell that it has prepared."""
    return worker.ask(
        "block", limit=BLOCK_LIMIT, cell=cell, settle=pace.settle, lead_in=pace.lead_in, seconds=pace.seconds,
        minimum_calls=pace.minimum_calls,
    ).value  # fmt: skip


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
        self._worker: Worker | None = None
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

    def start(self) -> Mapping[str, Any]:
        """Start a fresh process, import the framework there, and return what `describe` tells."""
        return self.started(self.launch())

    def started(self, pending: Pending) -> Mapping[str, Any]:
        """Wait until a launched process has imported the framework, and return what `describe` tells."""
        assert self._worker is not None
        return self._collect(self._worker, pending, DESCRIBE_LIMIT).value

    def launch(self) -> Pending:
        """Start a fresh process that imports the framework, and return at once."""
        self.stop()
        self.process += 1
        self._worker = self._context.framework_worker(self.definition)
        self._pid = self._worker.pid
        return self._worker.send("describe", threads=self._context.threads)

    def prepare(self, task: CellTask) -> Mapping[str, Any]:
        """Make a cell ready; it counts as ready when this returns.

        The first process tries the alternatives of a setting; later ones take what it took, without another trial.
        """
        worker = self._ready()
        known = self._context.record.find(task.blank())
        setting = (known.setting if known else None) or task.setting
        pending = worker.send(
            "prepare", probe=task.probe, workload=task.workload.workload, task=task.workload.task,
            parameters={"batch": task.batch}, mode=task.mode, **({"setting": setting} if setting else {}),
        )  # fmt: skip
        value = self._collect(worker, pending, PREPARE_LIMIT).value
        self._cells[task.key] = int(value["cell"])
        return value

    def block(self, task: CellTask, pace: Pace) -> Mapping[str, Any]:
        """Time one block of a cell; in a fresh worker the cell is prepared again first. The caller lets it settle."""
        worker = self._ready()
        if task.key not in self._cells:
            with self._context.spending.on("preparation"):
                self.prepare(task)
        pending = worker.send(
            "block", cell=self._cells[task.key], settle=0.0, lead_in=pace.lead_in, seconds=pace.seconds,
            minimum_calls=pace.minimum_calls,
        )  # fmt: skip
        return self._collect(worker, pending, BLOCK_LIMIT).value

    def reshape(self, task: CellTask, batch: int) -> Mapping[str, Any]:
        """Time the first call of a prepared inference on `batch` samples, and the one after it."""
        worker = self._ready()
        if task.key not in self._cells:
            self.prepare(task)
        pending = worker.send("reshape", cell=self._cells[task.key], workload=task.workload.workload, batch=batch)
        return self._collect(worker, pending, PREPARE_LIMIT).value

    def measure(self, probe: str) -> Mapping[str, Any]:
        """Conduct an experiment."""
        worker = self._ready()
        return self._collect(worker, worker.send("measure", probe=probe), PREPARE_LIMIT).value

    def send_proof(self, task: RouteTask, folder: Path, weights: Path) -> Pending:
        """Ask for a proof; `poll_proof` asks whether it is there."""
        return self._ready().send(
            "prove", probe=task.probe, workload=task.workload, parameters={"precision": task.precision},
            folder=str(folder), weights=str(weights),
        )  # fmt: skip

    def poll_proof(self, pending: Pending, *, timeout: float) -> Mapping[str, Any] | None:
        """Return the body of the answer to `pending`, or None when it is not there after `timeout` seconds."""
        worker = self._worker
        assert worker is not None
        try:
            reply = worker.poll(pending, timeout=timeout)
            if reply is None and worker.waited(pending) > PROVE_LIMIT:
                reply = worker.collect(pending, limit=PROVE_LIMIT)
        except WorkerLostError as error:
            self._lose(error)
            raise
        return None if reply is None else reply.body

    def stop(self) -> None:
        """End the process; its cells are gone."""
        if self._worker is not None:
            self._worker.stop()
        self._worker = None
        self._cells.clear()

    def _ready(self) -> Worker:
        if self._worker is None:
            if self._restarts > RESTARTS:
                raise WorkerError(f"not tried: {self.definition.title} was lost {self._restarts} times. {self._last}")
            with self._context.spending.on("imports"):
                self.start()
        assert self._worker is not None
        return self._worker

    def _collect(self, worker: Worker, pending: Pending, limit: float) -> Reply:
        try:
            return worker.collect(pending, limit=limit)
        except WorkerLostError as error:
            self._lose(error)
            raise

    def _lose(self, error: WorkerLostError) -> None:
        self._worker = None
        self._cells.clear()
        self._restarts += 1
        self._last = error.message.splitlines()[0]
