"""One process of a framework, and the one way in which it is spoken to: it describes itself, then prepares cells.

Whoever measures with a framework (in rounds, on one thread, beside a load, for memory, for a proof) does it with this.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from advisor.measurement import identity
from advisor.measurement.session.effort import Pace
from advisor.measurement.tasks.kinds import CellTask, RouteTask
from advisor.measurement.worker.answers import (
    Block,
    Concluded,
    Described,
    Footprint,
    Measured,
    Prepared,
    Reshaped,
    WorkerDiedError,
)
from advisor.measurement.worker.client import Worker
from advisor.measurement.worker.protocol import (
    BuildAlone,
    Describe,
    Measure,
    Parameters,
    Pending,
    Prepare,
    Prove,
    Reshape,
    TimeBlock,
)

C = TypeVar("C", Prepare, BuildAlone)
# What an export of a network with seeded weights is asked, and what calibrates its int8: networks of real size take
# seconds for hundreds of samples.
SAMPLES = {"batch": 8, "calibration": 16}
# Seconds after which a worker counts as hanging. Generous: a slow machine is no error.
DESCRIBE_LIMIT = 180.0
PREPARE_LIMIT = 300.0
BLOCK_LIMIT = 60.0


def time_block(cell: int, pace: Pace, settle: float) -> TimeBlock:
    """Return the command that times one block of a cell after `settle` seconds of rest."""
    return TimeBlock(
        cell=cell, settle=settle, lead_in=pace.lead_in, seconds=pace.seconds, minimum_calls=pace.minimum_calls
    )


class FrameworkProcess:
    """A process that imports a framework as soon as it is there, and answers when that is done.

    Every method raises WorkerError where the command gives no result, and WorkerLostError where the process is gone.

    Parameters
    ----------
    worker : Worker
        The process, just started.
    threads : int
        How many threads the framework is given.

    Attributes
    ----------
    describing : Pending
        The import that is on its way.
    """

    def __init__(self, worker: Worker, *, threads: int) -> None:
        self.worker = worker
        self.describing = worker.send(Describe(threads=threads))

    @property
    def pid(self) -> int:
        """The process id."""
        return self.worker.pid

    def described(self) -> Described:
        """Wait until the framework is imported, and return what it says of itself; before everything else.

        One that runs elsewhere is ended: what is watched here, and told of this machine, would be of another.
        """
        found = self.worker.collect(self.describing, limit=DESCRIBE_LIMIT)
        if identity.here().elsewhere(found.node, found.boot):
            self.close()
            raise WorkerDiedError(identity.refusal(self.worker.name, found.node))
        return found

    def prepare(self, task: CellTask, variant: str | None = None) -> Prepared:
        """Make a cell ready: the variant that is called `variant`, or the fastest in a short trial."""
        return self.worker.ask(_of(Prepare, task, variant), limit=PREPARE_LIMIT)

    def block(self, cell: int, pace: Pace, *, settle: float) -> Block:
        """Time one block of a prepared cell, after `settle` seconds of rest."""
        return self.worker.ask(time_block(cell, pace, settle), limit=BLOCK_LIMIT)

    def reshape(self, cell: int, workload: str, batch: int) -> Reshaped:
        """Time the first call of a prepared inference on `batch` samples, and the one after it."""
        return self.worker.ask(Reshape(cell=cell, workload=workload, batch=batch), limit=PREPARE_LIMIT)

    def measure(self, probe: str, route: str | None = None) -> Measured:
        """Conduct an experiment, with what is exported for a runtime where a route is named."""
        return self.worker.ask(Measure(probe=probe, route=route), limit=PREPARE_LIMIT)

    def send_footprint(self, task: CellTask, variant: str | None) -> Pending[Footprint]:
        """Ask what a few calls of a cell take of memory; `footprint` waits for the answer."""
        return self.worker.send(_of(BuildAlone, task, variant))

    def footprint(self, pending: Pending[Footprint]) -> Footprint:
        """Return what a few calls of a cell took of memory."""
        return self.worker.collect(pending, limit=PREPARE_LIMIT)

    def send_route(self, task: RouteTask, folder: Path, weights: Path | None) -> Pending[Concluded]:
        """Ask for the proof of a route, with trained `weights` where there are any."""
        parameters: dict[str, str | int | float | bool] = {"precision": task.precision}
        if weights is None:
            parameters |= SAMPLES
        return self.worker.send(
            Prove(probe=task.probe, workload=task.workload, parameters=parameters, folder=folder, weights=weights)
        )

    def send_proof(self, probe: str, folder: Path, parameters: Parameters) -> Pending[Concluded]:
        """Ask for the proof of a capability."""
        return self.worker.send(Prove(probe=probe, folder=folder, parameters=parameters))

    def stop(self) -> None:
        """Ask the process to end, then end it."""
        self.worker.stop()

    def close(self) -> None:
        """End the process; safe to call again."""
        self.worker.close()

    def __enter__(self) -> FrameworkProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _of(command: type[C], task: CellTask, variant: str | None) -> C:
    return command(
        probe=task.probe, workload=task.workload.workload, task=task.workload.task, parameters={"batch": task.batch},
        setting=task.setting, variant=variant or None,
    )  # fmt: skip
