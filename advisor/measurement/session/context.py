"""What every part of a session shares: the plan, the record, the listener, the clock, the scratch folder."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from advisor.measurement.definitions import FrameworkDefinition
from advisor.measurement.environments import Environment
from advisor.measurement.noise.guard import Guard
from advisor.measurement.noise.retry_budget import Patience
from advisor.measurement.run import Outcome, Run
from advisor.measurement.session.effort import Spending
from advisor.measurement.session.events import Listener, TaskFinished, TaskStarted
from advisor.measurement.session.plan import Plan
from advisor.measurement.session.record import Record
from advisor.measurement.worker import limits
from advisor.measurement.worker.answers import WorkerDiedError
from advisor.measurement.worker.client import Worker
from advisor.measurement.worker.environment import surroundings
from advisor.measurement.worker.framework import FrameworkProcess

Needless = Callable[[Run], Mapping[tuple[str, str], str]]


@dataclass
class Result:
    """What became of a task; whoever works on it fills this in."""

    outcome: Outcome = "measured"
    message: str | None = None


@dataclass
class Context:
    """The state of a session.

    Attributes
    ----------
    scratch : path
        A folder of this session that is deleted at its end.
    total : int
        How many tasks the session expects to begin; `begun` counts those that have.
    guard : Guard
        Watches the machine while blocks run.
    needless : callable, optional
        Tells of a Run so far which probes need not be tried any more, by probe and framework, and why.
    """

    plan: Plan
    environments: Mapping[str, Environment]
    record: Record
    tell: Listener
    scratch: Path
    threads: int
    seed: int
    total: int
    guard: Guard
    needless: Needless | None = None
    begun: int = 0

    def __post_init__(self) -> None:
        self.spending = Spending(self.record.spent_earlier())
        self.random = random.Random(self.seed)  # noqa: S311 - the order of blocks is no secret
        self.patience = Patience(self.plan.pace.patience, self.random, self.tell)
        self._workers: list[Worker] = []

    @property
    def over(self) -> bool:
        """Whether the plan's budget of time is spent."""
        return self.plan.budget is not None and self.spending.so_far().total > self.plan.budget

    def worker(
        self,
        *arguments: str,
        python: Path | None = None,
        name: str,
        scratch: Path | None = None,
        threads: int | None = None,
        extra: Mapping[str, str] | None = None,
        core: int | None = None,
    ) -> Worker:
        """Start a worker, ``PYTHON probes ARGUMENTS``, that keeps its temporary files in `scratch`.

        `threads` is another count than the session's; `extra` are further variables of its environment; `core` is the
        only one that it may use.
        """
        program = [str(python or sys.executable), str(self.plan.definitions.probes / "__main__.py"), *arguments]
        own = scratch or self.scratch
        try:
            subjects = self.plan.subjects
            documents = [each for subject in subjects for each in subject.documents]
            env = surroundings(threads=threads or self.threads, scratch=own, own=documents)
            for subject in subjects:
                env |= subject.variables
            env |= dict(extra or {})
        except OSError as error:
            raise WorkerDiedError(f"{name} could not be started: {own}: {error.strerror or error}") from None
        worker = Worker(program, env=env, name=name, core=core)
        limits.mark_process(worker.pid, self.scratch, own)
        self._workers.append(worker)
        return worker

    def framework_process(
        self,
        framework: FrameworkDefinition,
        *,
        python: Path | None = None,
        scratch: Path | None = None,
        threads: int | None = None,
        extra: Mapping[str, str] | None = None,
        core: int | None = None,
    ) -> FrameworkProcess:
        """Start a process of a framework, by default in the Python that has it; the parameters are those of `worker`.

        It imports the framework from now on; its answer to that is the first to wait for.
        """
        worker = self.worker(
            "framework", framework.id, *self.plan.definitions.options(framework.id),
            python=python or self.environments[framework.id].python, name=f"the {framework.title} worker",
            scratch=scratch, threads=threads, extra=extra, core=core,
        )  # fmt: skip
        return FrameworkProcess(worker, threads=threads or self.threads)

    def close(self) -> None:
        """End every worker that is still there."""
        for worker in self._workers:
            worker.close()
        self._workers.clear()

    def start(self, title: str, estimate: float) -> float:
        """Announce a task; return the moment, for `finish`."""
        self.begun += 1
        # A worker that had to be restarted adds tasks that nobody counted.
        self.total = max(self.total, self.begun)
        self.tell(TaskStarted(title, self.begun, self.total, estimate))
        return time.perf_counter()

    def finish(self, title: str, began: float, result: Result) -> None:
        """Announce the end of a task."""
        self.tell(TaskFinished(title, result.outcome, time.perf_counter() - began, result.message))

    @contextmanager
    def task(self, title: str, estimate: float) -> Iterator[Result]:
        """Announce a task around the work on it; the work says in the Result when it did not go well."""
        began, result = self.start(title, estimate), Result()
        yield result
        self.finish(title, began, result)
