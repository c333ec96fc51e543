"""One measuring session, from a plan to a Run on disk; a second one on the machine waits, since it would disturb."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from advisor import scratch
from advisor.errors import EXIT_INTERRUPTED, EXIT_PROBING, AdvisorError
from advisor.measurement import environments, host, identity, joint_intervals
from advisor.measurement.derivation import derived
from advisor.measurement.environments import Environment
from advisor.measurement.noise.canary import Canary
from advisor.measurement.noise.guard import Guard
from advisor.measurement.noise.watch import Watch
from advisor.measurement.run import Exported, Policy, Run, save_run
from advisor.measurement.session.context import Context, Needless
from advisor.measurement.session.events import Listener, SessionFinished, SessionStarted, Waiting, ignore
from advisor.measurement.session.journal import ANEW, Journal, Start
from advisor.measurement.session.phases import Phases
from advisor.measurement.session.plan import Plan
from advisor.measurement.session.record import Record, restore
from advisor.measurement.store import Store
from advisor.measurement.timing import GRADING
from advisor.measurement.worker import limits
from advisor.resources import own_version

if sys.platform != "win32":
    import fcntl

PATIENCE = 900.0
_POLL = 1.0


@contextmanager
def alone(path: Path, *, waiting: Callable[[str, float], None], patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock at `path` while the block runs; the system releases it when the process ends, however it ends.

    Parameters
    ----------
    path : path
        A file that all sessions of this machine share; it is made when it is not there.
    waiting : callable
        Told once, when another session holds the lock: why, and how many seconds are waited at most.
    patience : float
        Seconds after which waiting is given up.

    Raises
    ------
    AdvisorError
        Exit code 3 when the other session still holds the lock after `patience` seconds.
    """
    with contextlib.ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(path.open("a+", encoding="utf-8"))
        except OSError:
            # A home that cannot be written to keeps no session from measuring.
            yield
            return
        _take(file.fileno(), path, waiting, patience)
        # Who holds it is a help to those who wait; where the disk is full, the lock holds all the same.
        with contextlib.suppress(OSError):
            os.ftruncate(file.fileno(), 0)
            os.write(file.fileno(), f"{os.getpid()}\n".encode())
        yield


def _take(file: int, path: Path, waiting: Callable[[str, float], None], patience: float) -> None:
    if sys.platform == "win32":
        return  # no such lock there: sessions are not kept apart
    until, told = time.monotonic() + patience, False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = path.read_text(encoding="utf-8").strip()
            why = f"another advisor session is measuring on this machine (process {who or 'unknown'})"
            left = until - time.monotonic()
            if left <= 0:
                raise AdvisorError(why, hint="wait for it, or end it", exit_code=EXIT_PROBING) from None
            if not told:
                waiting(why, patience)
                told = True
            time.sleep(min(_POLL, left))
        except OSError:
            return
        else:
            return


class Steps(Protocol):
    """What a session does, one thing after the other."""

    @property
    def whole(self) -> bool:
        """Whether everything that was planned has been tried."""

    def go(self) -> None:
        """Do it."""


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
            hint=f"the same command with --resume   (goes on with it), or --run {path}   (decides on what is there)",
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
    resume: Path | None = None,
    needless: Needless | None = None,
    label: str | None = None,
    found: Mapping[str, Environment] | None = None,
    steps: Callable[[Context], Steps] = Phases,
    exported: Exported | None = None,
) -> Run:
    """Do what `plan` says and keep the Run in `store`.

    Parameters
    ----------
    plan : Plan
        See `advisor.measurement.session.plan.make_plan`.
    store : Store
        Receives the Run, and the journal while the session lasts.
    pythons : mapping of framework id to interpreter, optional
        Default the interpreter that runs this.
    seed : int
        Seed of the order of blocks and of the bootstrap.
    threads : int, optional
        Threads per framework; default as many as this process has processors.
    on_event : callable, optional
        Receives the events of `advisor.measurement.session.events`, on the calling thread.
    resume : path, optional
        The journal of a session that was interrupted or killed: go on with it. What it has is not measured again.
    needless : callable, optional
        Asked before each capability, with the Run so far: which probes need not be tried any more, by probe and
        framework, and why. They are left out, and the Run says so.
    label : str, optional
        What the machine is called in the Run; default a hash that tells it from others.
    found : mapping of framework id to Environment, optional
        The frameworks where they are known already: on a device there are none, and their runtimes are looked for.
    steps : callable
        Makes what the session does of its context: all phases, or what a device or an export does of them.
    exported : Exported, optional
        Where what is measured was exported.

    Raises
    ------
    AdvisorError
        Exit code 3 when no framework is installed; 2 when the session to resume had another plan or another machine.
    InterruptedSessionError
        Exit code 130 on KeyboardInterrupt; the incomplete Run is kept and named.
    """
    found = environments.find(plan.frameworks.values(), pythons) if found is None else found
    if not any(environment.present for environment in found.values()):
        raise _nothing_there(plan, found)
    machine = host.describe(label=label)
    used = threads or machine.cores
    with (
        _ending_on_request(),
        alone(identity.lock(), waiting=lambda why, seconds: on_event(Waiting(why, seconds))),
        scratch.folder("advisor-session-", ending=limits.end_descendants) as temporary,
        closing(Guard(Canary(machine.cpu), Watch(), settle=plan.pace.settle)) as guard,
    ):
        started = datetime.now(UTC)
        head = Start(
            id=store.new_id(started), started=started, mode=plan.mode, advisor=own_version(), host=machine,
            policy=Policy(threads=used, grading=GRADING), seed=seed, plan=plan.fingerprint, machine=identity.label(),
            noise=guard.signals, skipped=plan.skipped, not_measurable=host.not_measurable(), exported=exported,
        )  # fmt: skip
        # Whatever else goes wrong, a full disk or a mistake of ours: the journal stays and keeps what was measured.
        with closing(Journal(resume or store.journal(head.id), resume=resume is not None)) as journal:
            record = Record(head, journal) if resume is None else _resumed(head, journal, found, store)
            context = Context(
                plan=plan, environments=found, record=record, tell=on_event, scratch=temporary,
                threads=used, seed=seed, total=_tasks(plan), guard=guard, needless=needless,
            )  # fmt: skip
            on_event(SessionStarted(record.start.id, context.total, plan.estimate))
            interrupted, phases = False, steps(context)
            with closing(context):
                try:
                    phases.go()
                except KeyboardInterrupt:
                    interrupted = True
                except OSError as error:
                    if temporary.is_dir():
                        raise
                    raise AdvisorError(
                        f"{temporary}: the session's temporary folder was removed while it measured",
                        hint=f"the same command with --resume goes on; what was measured is kept in {journal.path}",
                        exit_code=EXIT_PROBING,
                    ) from error
            run = _keep(context, store, complete=phases.whole and not interrupted)
            if not interrupted:
                journal.remove()
    on_event(SessionFinished(run.id, str(store.path(run.id)), run.complete))
    if interrupted:
        raise InterruptedSessionError(run, store.path(run.id))
    return run


def _resumed(head: Start, journal: Journal, found: Mapping[str, Environment], store: Store) -> Record:
    """Return the record of an interrupted session, if this machine and this plan can go on with it."""
    record = restore(journal.path, journal)
    then = record.start
    if journal.path != store.journal(then.id):
        raise AdvisorError(f"{journal.path}: the journal of another session: its id is {then.id}", hint=ANEW)
    same = {
        "plan": (then.plan, head.plan),
        "seed": (then.seed, head.seed),
        "number of threads": (then.policy.threads, head.policy.threads),
        "machine": (then.host.cpu, head.host.cpu) if identity.same(then.machine, head.machine) else (0, 1),
        "version of advisor": (then.advisor, head.advisor),
        "bundle": (then.exported, head.exported),
    }
    for name, known in record.frameworks().items():
        if known.outcome == "measured" and name in found:
            same[f"version of {known.title}"] = (known.packages, dict(found[name].packages))
    for what, (before, now) in same.items():
        if before != now:
            raise AdvisorError(
                f"{journal.path}: this session cannot be resumed: the {what} is another now",
                hint="the command that was interrupted (its profile, mode, --only and --frameworks make the plan), "
                "or leave out --resume"
                if what == "plan"
                else "measure anew, without resuming",
            )
    return record


@contextmanager
def _ending_on_request() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a session as Ctrl-C does: what was measured is kept, and nothing stays behind."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers
        return

    wanted = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {each: signal.signal(each, signal.default_int_handler) for each in wanted}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _keep(context: Context, store: Store, *, complete: bool) -> Run:
    for blank in [task.blank() for task in context.plan.trials]:
        if context.record.find(blank) is None:
            context.record.observe(blank.model_copy(update={"message": "the session ended before it was tried"}))
    run = context.record.run(finished=datetime.now(UTC), complete=complete, spent=context.spending.so_far())
    run = joint_intervals.with_shares(run, seed=context.seed)
    run = run.model_copy(update={"observations": (*run.observations, *derived(run))})
    save_run(run, store.path(run.id))
    return run


def _tasks(plan: Plan) -> int:
    """Return how many tasks a session will begin when all goes well."""
    started = plan.pace.processes * (len(plan.environments) + len(plan.cells))
    shipped = 1 + 2 * len(plan.routes) + plan.pace.runtime_processes if plan.routes else 0
    return started + shipped + plan.pace.rounds + len(plan.experiments) + len(plan.capabilities)


def _nothing_there(plan: Plan, found: Mapping[str, Environment]) -> AdvisorError:
    titles = " and ".join(definition.title for definition in plan.frameworks.values())
    lines = [f"no framework to measure: {titles} not installed for the Python that was asked"]
    lines += [environment.message for environment in found.values() if environment.message]
    hints = [environment.install for environment in found.values()]
    hints.append(f"--python {next(iter(found))}=PATH   (a Python that has it; advisor need not be installed there)")
    return AdvisorError(lines, hint=hints, exit_code=EXIT_PROBING)
