"""What a session will do: typed tasks, how long each will take, and what the mode leaves out, with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from advisor.errors import AdvisorError, did_you_mean
from advisor.measurement.definitions import (
    BEST_KNOWN,
    OUT_OF_THE_BOX,
    Definitions,
    FrameworkDefinition,
    current,
)
from advisor.measurement.run import Mode, Run, Skipped
from advisor.measurement.session import planners
from advisor.measurement.session.effort import MOST_FURTHER, PACES, Pace
from advisor.measurement.session.planners import Request
from advisor.measurement.subject import Subject
from advisor.measurement.tasks.kinds import (
    ENVIRONMENT,
    ROUTE_WORKLOAD,
    CapabilityTask,
    CellTask,
    EnvironmentTask,
    ExperimentTask,
    RouteTask,
)

# Seconds on a quiet machine with two cores; only the progress display uses them.
_RUNTIME_START = 0.25
_RUNTIME_CHECK = 0.3
_MEMORY, _SHAPE = 8.0, 2.0
_BESIDE = 2
"""So many exports run at once on two cores."""


Trial = CellTask | RouteTask | ExperimentTask | CapabilityTask
Task = EnvironmentTask | Trial


@dataclass(frozen=True)
class Plan:
    """The tasks of a session in their order, its pace, and what it leaves out on purpose.

    Of the capabilities, the probes in ``first`` are proved before anything is timed. ``subjects`` are the models that
    it is about, beside what it always measures.
    """

    definitions: Definitions
    mode: Mode
    pace: Pace
    environments: tuple[EnvironmentTask, ...]
    cells: tuple[CellTask, ...]
    routes: tuple[RouteTask, ...]
    capabilities: tuple[CapabilityTask, ...] = ()
    experiments: tuple[ExperimentTask, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    only: tuple[str, ...] = field(default=())
    budget: float | None = None
    first: frozenset[str] = frozenset()
    subjects: tuple[Subject, ...] = ()

    @property
    def frameworks(self) -> dict[str, FrameworkDefinition]:
        """The frameworks that have something to do, by id."""
        return {task.framework.id: task.framework for task in self.environments}

    @property
    def trials(self) -> tuple[Trial, ...]:
        """The tasks that try something of a framework that is there."""
        return (*self.cells, *self.routes, *self.experiments, *self.capabilities)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks."""
        return (*self.environments, *self.trials)

    @property
    def references(self) -> dict[str, CellTask]:
        """For each framework the cell that two of its processes measure, for the A/A floor."""
        return {
            cell.framework.id: cell for cell in sorted(self.cells, key=_as_reference) if cell.setting == OUT_OF_THE_BOX
        }

    @property
    def sampling(self) -> float:
        """Seconds of all blocks together."""
        blocks = len(self.cells) + len(self.references) + len(self.routes)
        return blocks * self.pace.rounds * self.pace.block

    @property
    def starting(self) -> float:
        """Seconds of the runtime processes: checking each artifact, and every cold start."""
        return len(self.routes) * (_RUNTIME_CHECK + _RUNTIME_START * self.pace.runtime_processes)

    @property
    def estimate(self) -> float:
        """Seconds of the whole session on a quiet machine with two cores."""
        prepared = self.pace.processes * sum(task.estimate for task in self.environments)
        prepared += sum(task.estimate + (self.pace.processes - 1) * task.again for task in self.cells)
        proved = self.exporting(self.routes) + sum(task.estimate for task in self.capabilities)
        proved += sum(task.estimate for task in self.experiments) + self.apart
        return prepared + proved + self.starting + self.sampling

    def exporting(self, routes: Sequence[RouteTask]) -> float:
        """Seconds of these exports, two at a time, each framework imported once more for them."""
        shipped = {task.framework.id for task in routes}
        imports = sum(task.estimate for task in self.environments if task.framework.id in shipped)
        return (sum(task.estimate for task in routes) + imports) / _BESIDE

    @property
    def apart(self) -> float:
        """Seconds of what is measured in processes of its own, for two frameworks side by side, and at other shapes."""
        kinds = [cell.workload.task for cell in self.cells]
        shapes = _SHAPE * sum(cell.workload.task == "inference" and cell.setting == BEST_KNOWN for cell in self.cells)
        return self.pace.apart * _MEMORY * kinds.count("training") / 2 + (shapes if self.pace.apart else 0.0)

    @property
    def fingerprint(self) -> str:
        """What tells this plan from another: a session is resumed with its own plan only."""
        made_of = [self.mode, repr(self.pace), *(str(task.blank().key) for task in self.trials)]
        return hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:16]

    def covered_by(self, run: Run) -> bool:
        """Tell whether `run` has tried everything that this plan would try."""
        tried = {observation.key for observation in run.observations if observation.outcome != "not_run"}
        found = set(self.frameworks) <= set(run.frameworks)
        return found and all(task.blank().key in tried for task in self.trials)


def make_plan(
    *,
    mode: Mode = "standard",
    only: Collection[str] = (),
    frameworks: Collection[str] | None = None,
    routes: Collection[str] | None = None,
    definitions: Definitions | None = None,
    pace: Pace | None = None,
    budget: float | None = None,
    until_decided: bool = False,
    subjects: Sequence[Subject] = (),
    training: bool = False,
) -> Plan:
    """Decide what a session will do.

    Parameters
    ----------
    mode : {"quick", "standard", "thorough"}
        How much is tried, and at which pace.
    only : collection of str
        Globs over probe ids (``"mlp*"``, ``"route:*"``); empty means all.
    frameworks, routes : collection of str, optional
        Ids of frameworks and of runtimes; default all that are defined, but those that want to be named.
    definitions : Definitions, optional
        Default those that advisor ships.
    pace : Pace, optional
        Default that of the mode.
    budget : float, optional
        Seconds after which the session begins nothing more that can be left out: rounds and capabilities.
    until_decided : bool
        Whether further fresh processes are heard until every pair that is needed has a word, `MOST_FURTHER` at most.
    subjects : sequence of Subject
        Models that are measured beside what is always measured; their probes may be named in `only`.
    training : bool
        Whether it is about building and training, which also takes up what nobody ships (``unless_training``).

    Raises
    ------
    AdvisorError
        When a name is unknown, or nothing is left to do (exit code 2).
    """
    known = (definitions or current()).naming(frameworks or ())
    if training and frameworks is None:
        known = known.training()
    chosen = _chosen(frameworks, known.frameworks, "framework")
    runtimes = _chosen(routes, known.routes, "route")
    request = Request(known, chosen, tuple(only), mode == "quick", mode == "thorough", tuple(subjects))
    ids = [*_ids(known), *(work.probe for subject in subjects for work in subject.works)]
    for part in only:
        # What is misspelled among others would be missed in the Run only, after minutes.
        if not any(_wanted(each, [part]) for each in ids):
            raise _nothing_to_do(known, [part], chosen)
    cells, skipped = planners.cells(request)
    shipped_through, left_out = planners.routes(request, runtimes, named=routes is not None)
    skipped += left_out
    proofs, left_out = planners.capabilities(request)
    skipped += left_out
    trials, left_out = planners.experiments(request)
    skipped += left_out + planners.memory(request, cells)
    tried: list[Trial] = [*cells, *shipped_through, *trials, *proofs]
    at_work = {task.framework.id for task in tried}
    environments = [
        EnvironmentTask(known.frameworks[name]) for name in chosen if name in at_work or request.wanted(ENVIRONMENT)
    ]
    if not environments:
        raise _nothing_to_do(known, only, chosen)
    used = pace or PACES[mode]
    if until_decided:
        used = replace(used, further=max(used.further, MOST_FURTHER), until_decided=True)
    if not (cells or shipped_through or request.wanted(ENVIRONMENT)):
        used = replace(used, rounds=0, processes=1)  # nothing is timed
    return Plan(
        known, mode, used, tuple(environments), tuple(cells), tuple(shipped_through), tuple(proofs), tuple(trials),
        tuple(skipped), tuple(only), budget, subjects=tuple(subjects),
    )  # fmt: skip


def _chosen(names: Collection[str] | None, known: Collection[str], what: str) -> list[str]:
    for name in names or ():
        if name not in known:
            expected = ", ".join(known)
            raise AdvisorError(f"unknown {what} '{name}'{did_you_mean(name, known)} (known: {expected})")
    return [name for name in known if names is None or name in names]


def _wanted(probe: str, only: Collection[str]) -> bool:
    return not only or any(fnmatchcase(probe, glob) for glob in only)


def _as_reference(cell: CellTask) -> tuple[bool, bool, int]:
    """Sort cells by how well two processes that measure them stand for their framework."""
    return cell.workload.task == "inference", cell.workload.workload == ROUTE_WORKLOAD, cell.batch


def _nothing_to_do(known: Definitions, only: Collection[str], frameworks: Collection[str]) -> AdvisorError:
    """Return why nothing is left: the ids are known and no framework has a recipe, or nothing has such an id."""
    ids = _ids(known)
    option = f"--only {' '.join(only)}"
    if found := [each for each in ids if _wanted(each, only)]:
        names = " or ".join(known.frameworks[name].title for name in frameworks)
        files = [each.recipe for each in known.capabilities.values() if each.probe in found]
        hint = f"{', '.join(files)} beside the framework.yaml of a framework: a recipe is looked for nowhere else"
        message = f"{option}: no recipe of {names} answers {', '.join(found)}"
        return AdvisorError(message, hint=hint if files else None)
    near = [each for each in ids if any(part.strip("*?") in each for part in only if part.strip("*?"))]
    if near:
        return AdvisorError(f"{option}: no probe has such an id — did you mean {' or '.join(map(repr, near))}?")
    return AdvisorError(f"{option}: no probe has such an id (known: {', '.join(ids)})")


def _ids(known: Definitions) -> list[str]:
    return sorted(
        {ENVIRONMENT, *(work.probe for work in known.workloads), *(route.id for route in known.routes.values())}
        | {capability.probe for capability in known.capabilities.values()}
        | {experiment.probe for experiment in known.experiments}
    )
