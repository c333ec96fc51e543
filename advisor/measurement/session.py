"""One measuring session: from a plan to a Run on disk."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np

from advisor.errors import EXIT_INTERRUPTED, EXIT_PROBING, AdvisorError
from advisor.measurement import environments, exporting, host, preparing, proving, sampling, shipping, statistics
from advisor.measurement.bench import Bench
from advisor.measurement.canary import Canary, remembered
from advisor.measurement.context import Context
from advisor.measurement.environments import Environment
from advisor.measurement.events import Listener, Noticed, PhaseStarted, SessionFinished, SessionStarted, Waiting, ignore
from advisor.measurement.exporting import Artifact, Digits
from advisor.measurement.guard import Guard
from advisor.measurement.journal import Journal
from advisor.measurement.lock import alone
from advisor.measurement.noise import Watch
from advisor.measurement.plan import Plan
from advisor.measurement.record import Record, Start, identity
from advisor.measurement.run import Policy, Run, save_run
from advisor.measurement.store import Store, own_version
from advisor.measurement.twins import Twins
from advisor.measurement.worker import WorkerError

_TRAINING = "train the network that the routes ship"
_TRAINING_ESTIMATE = 3.0


class InterruptedSessionError(AdvisorError):
    """The session was interrupted; what it had measured is kept.

    Attributes
    ----------
    run : Run
        What was measured, as an incomplete Run.
    path : path
        Where it is kept.
    """

    def __init__(self, run: Run, path: Path) -> None:
        measured = sum(observation.outcome in ("measured", "proved") for observation in run.observations)
        super().__init__(
            f"interrupted: what was measured so far ({measured} observations) is kept in {path}",
            hint=f"advisor recommend --run {path}   (decides on what is there)",
            exit_code=EXIT_INTERRUPTED,
        )
        self.run = run
        self.path = path


def measure(
    plan: Plan,
    *,
    store: Store,
    pythons: Mapping[str, Path] | None = None,
    seed: int = 0,
    threads: int | None = None,
    on_event: Listener = ignore,
) -> Run:
    """Do what `plan` says and keep the Run in `store`.

    Parameters
    ----------
    plan : Plan
        See `advisor.measurement.plan.make_plan`.
    store : Store
        Receives the Run, and the journal while the session lasts.
    pythons : mapping of framework id to interpreter, optional
        Default the interpreter that runs this.
    seed : int
        Seed of the order of blocks and of the bootstrap.
    threads : int, optional
        Threads per framework; default as many as this process has processors.
    on_event : callable, optional
        Receives the events of `advisor.measurement.events`, on the calling thread.

    Raises
    ------
    AdvisorError
        Exit code 3 when no framework is installed.
    InterruptedSessionError
        Exit code 130 on KeyboardInterrupt; the incomplete Run is kept and named.
    """
    found = environments.find(plan.frameworks.values(), pythons)
    if not any(environment.present for environment in found.values()):
        raise _nothing_there(plan, found)
    started = datetime.now(UTC)
    machine = host.describe()
    used = threads or machine.cores
    run_id = store.new_id(started)
    with (
        alone(remembered() / "session.lock", waiting=lambda why, seconds: on_event(Waiting(why, seconds))),
        tempfile.TemporaryDirectory(prefix="advisor-", ignore_cleanup_errors=True) as scratch,
        closing(Guard(Canary(machine.cpu), Watch(), settle=plan.pace.settle)) as guard,
        closing(Journal(store.journal(run_id))) as journal,
    ):
        head = Start(
            id=run_id, started=started, mode=plan.mode, advisor=own_version(), host=machine,
            policy=Policy(threads=used), seed=seed, noise=guard.signals, skipped=plan.skipped,
        )  # fmt: skip
        context = Context(
            plan=plan, environments=found, record=Record(head, journal), tell=on_event, scratch=Path(scratch),
            threads=used, seed=seed, total=_tasks(plan), guard=guard, patience=plan.pace.patience,
        )  # fmt: skip
        on_event(SessionStarted(run_id, context.total, plan.estimate))
        # Whatever else goes wrong, a full disk or a mistake of ours: the journal stays and keeps what was measured.
        interrupted = False
        with closing(context):
            try:
                _Session(context).measure()
            except KeyboardInterrupt:
                interrupted = True
        run = _keep(context, store, complete=not interrupted)
        journal.remove()
    on_event(SessionFinished(run.id, str(store.path(run.id)), run.complete))
    if interrupted:
        raise InterruptedSessionError(run, store.path(run.id))
    return run


class _Session:
    """The phases of one session."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.plan = context.plan
        self.benches: dict[str, Bench] = {}
        self.twins = Twins(context, {})

    def measure(self) -> None:
        """Go through all phases."""
        self._start_first()
        cells = self._prepare()
        # Nothing of the exports is compared, so the second processes may import meanwhile.
        self.twins = Twins(self.context, self.benches)
        self.twins.launch()
        artifacts, digits = self._export()
        cells += self.twins.cells()
        self._rounds(cells, artifacts, digits)
        self.twins.stop()
        self._prove()
        self._effective_threads()

    def _start_first(self) -> None:
        tell, plan = self.context.tell, self.plan
        tell(PhaseStarted("Start the frameworks", sum(task.estimate for task in plan.environments)))
        for task in plan.environments:
            environment = self.context.environments[task.framework.id]
            if not environment.present:
                text = environment.message or f"{task.framework.title} is not installed"
                tell(Noticed(f"{text}: {environment.install}"))
                error = WorkerError(f"{text}: {environment.install}", outcome="not_installed")
                preparing.missing(self.context, task, error)
                continue
            bench = Bench(self.context, task.framework)
            if preparing.start(self.context, task, bench):
                self.benches[task.framework.id] = bench

    def _prepare(self) -> list[sampling.Cell]:
        tasks = [task for task in self.plan.cells if task.framework.id in self.benches]
        if tasks:
            self.context.tell(PhaseStarted("Prepare the workloads", sum(task.estimate for task in tasks)))
        return list(preparing.prepare(self.context, tasks, self.benches))

    def _export(self) -> tuple[list[Artifact], Digits | None]:
        context = self.context
        tasks = [task for task in self.plan.routes if task.framework.id in self.benches]
        if not tasks:
            return [], None
        seconds = sum(task.estimate for task in tasks) / len(self.benches)
        context.tell(PhaseStarted("Export and prove the routes", seconds))
        with context.spending.on("preparation"):
            with context.task(_TRAINING, _TRAINING_ESTIMATE) as result:
                try:
                    digits = exporting.train(context, next(iter(self.benches.values())))
                except WorkerError as error:
                    result.outcome, result.message = error.outcome, error.message
                    for task in tasks:
                        sampling.failed(context, task.blank(), error)
                    return [], None
            artifacts = exporting.prove(context, tasks, self.benches, digits)
        return shipping.check(context, artifacts, digits), digits

    def _rounds(self, cells: list[sampling.Cell], artifacts: list[Artifact], digits: Digits | None) -> None:
        """Spread the rounds over segments; between segments, processes are replaced by fresh ones."""
        pace, context = self.plan.pace, self.context
        context.tell(PhaseStarted("Measure", (len(cells) + len(artifacts)) * pace.rounds * pace.block))
        sample = context.scratch / "sample.npy"
        if digits is not None:
            np.save(sample, np.load(digits.held_out)[:1])
        for segment, rounds in enumerate(np.array_split(np.arange(pace.rounds), pace.segments)):
            if 0 < segment < pace.processes:
                cells = self._renew(cells)
            shipped = shipping.start(context, artifacts, sample, segment) if artifacts else []
            alive: list[sampling.Cell] = [*cells, *shipped]
            well = {id(cell) for cell in sampling.sample(context, alive, [int(number) for number in rounds])}
            shipping.finish(context, [cell for cell in shipped if id(cell) in well])
            cells = [cell for cell in cells if id(cell) in well]

    def _renew(self, cells: list[sampling.Cell]) -> list[sampling.Cell]:
        """Replace the framework's processes, and prepare again what is still well."""
        alive = {identity(cell.blank()) for cell in cells}
        for task in self.plan.environments:
            bench = self.benches.get(task.framework.id)
            if bench is not None and not preparing.start(self.context, task, bench):
                del self.benches[task.framework.id]
        tasks = [
            task for task in self.plan.cells if task.framework.id in self.benches and identity(task.blank()) in alive
        ]
        renewed: list[sampling.Cell] = list(preparing.prepare(self.context, tasks, self.benches, again=True))
        self.twins.launch()
        return renewed + list(self.twins.cells())

    def _prove(self) -> None:
        """Prove the capabilities, last, when the frameworks' own processes need no memory any more."""
        tasks = [task for task in self.plan.capabilities if task.framework.id in self.benches]
        if tasks:
            for bench in self.benches.values():
                bench.stop()
            self.context.tell(PhaseStarted("Prove the capabilities", sum(task.estimate for task in tasks)))
            proving.prove(self.context, tasks)

    def _effective_threads(self) -> None:
        """Record processor seconds per second of wall clock, of the workload that keeps most threads busy."""
        record = self.context.record
        for task in self.plan.environments:
            cells = [record.rounds(cell.blank()) for cell in self.plan.cells if cell.framework == task.framework]
            # Where no block of a cell was left alone, its disturbed ones have to do.
            blocks = [[each for each in rounds if each.accepted] or rounds for rounds in cells if rounds]
            if not blocks:
                continue
            busiest = max(([each.cpu / each.wall for each in rounds] for rounds in blocks), key=median)
            summary = statistics.sampled(busiest)
            record.observe(
                task.blank("effective-threads", "").model_copy(update={"outcome": "measured", "summary": summary})
            )
            known = record.frameworks()[task.framework.id]
            record.framework(task.framework.id, known.model_copy(update={"threads_effective": summary.median}))


def _keep(context: Context, store: Store, *, complete: bool) -> Run:
    for blank in [task.blank() for task in context.plan.trials]:
        if context.record.find(blank) is None:
            context.record.observe(blank.model_copy(update={"message": "the session ended before it was tried"}))
    run = context.record.run(finished=datetime.now(UTC), complete=complete, spent=context.spending.so_far())
    save_run(run, store.path(run.id))
    return run


def _tasks(plan: Plan) -> int:
    """Return how many tasks a session will begin when all goes well."""
    started = plan.pace.processes * (len(plan.environments) + len(plan.cells))
    shipped = 1 + 2 * len(plan.routes) + plan.pace.runtime_processes if plan.routes else 0
    return started + shipped + plan.pace.rounds + len(plan.capabilities)


def _nothing_there(plan: Plan, found: Mapping[str, Environment]) -> AdvisorError:
    titles = " and ".join(definition.title for definition in plan.frameworks.values())
    lines = [f"no framework to measure: {titles} not installed for the Python that was asked"]
    lines += [environment.message for environment in found.values() if environment.message]
    install = "\n     ".join(environment.install for environment in found.values())
    return AdvisorError("\n".join(lines), hint=install, exit_code=EXIT_PROBING)
