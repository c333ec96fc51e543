"""What a session will do: typed tasks, how long each will take, and what the mode leaves out, with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from advisor.errors import AdvisorError, did_you_mean
from advisor.measurement.definitions import (
    BEST_KNOWN,
    OUT_OF_THE_BOX,
    Definitions,
    FrameworkDefinition,
    WorkloadDefinition,
    shipped,
)
from advisor.measurement.run import Mode, Observation, Run, Skipped
from advisor.measurement.session import capabilities, experiments
from advisor.measurement.session.capabilities import CapabilityTask
from advisor.measurement.session.effort import MOST_FURTHER, PACES, Pace
from advisor.measurement.session.experiments import ExperimentTask
from advisor.measurement.tasks.kinds import ENVIRONMENT, ROUTE_WORKLOAD, CellTask, EnvironmentTask, RouteTask

PRECISIONS = ("float32", "int8")

# Cells in the best known setting that --quick keeps: the one that a training and the one that a serving decision ask
# for first. Compilation costs seconds for each.
_QUICK_BEST_KNOWN = {("cnn-inference", 1), ("cnn-training", 64)}

_APART = (
    "peak memory, in processes that do nothing else, takes longer than --quick allows; leave out --quick to measure it"
)
_COMPILED = "compiling it for the best known setting takes longer than --quick allows"

# Seconds on a quiet machine with two cores; only the progress display uses them.
_RUNTIME_START = 0.25
_RUNTIME_CHECK = 0.3
_MEMORY, _SHAPE = 8.0, 2.0


Trial = CellTask | RouteTask | ExperimentTask | CapabilityTask
Task = EnvironmentTask | Trial


@dataclass(frozen=True)
class Plan:
    """The tasks of a session in their order, its pace, and what it leaves out on purpose.

    Of the capabilities, the probes in ``first`` are proved before anything is timed.
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
            cell.framework.id: cell for cell in sorted(self.cells, key=_as_reference) if cell.mode == OUT_OF_THE_BOX
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
        proved = sum(task.estimate for task in self.routes) / 2 + sum(task.estimate for task in self.capabilities)
        proved += sum(task.estimate for task in self.experiments) + self.apart
        return prepared + proved + self.starting + self.sampling

    @property
    def apart(self) -> float:
        """Seconds of what is measured in processes of its own, for two frameworks side by side, and at other shapes."""
        kinds = [cell.workload.task for cell in self.cells]
        shapes = _SHAPE * sum(cell.workload.task == "inference" and cell.mode == BEST_KNOWN for cell in self.cells)
        return self.pace.apart * _MEMORY * kinds.count("training") / 2 + (shapes if self.pace.apart else 0.0)

    @property
    def fingerprint(self) -> str:
        """What tells this plan from another: a session is resumed with its own plan only."""
        made_of = [self.mode, repr(self.pace), *(repr(_identity(task.blank())) for task in self.trials)]
        return hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:16]

    def covered_by(self, run: Run) -> bool:
        """Tell whether `run` has tried everything that this plan would try."""
        tried = {_identity(observation) for observation in run.observations if observation.outcome != "not_run"}
        found = set(self.frameworks) <= set(run.frameworks)
        return found and all(_identity(task.blank()) in tried for task in self.trials)


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

    Raises
    ------
    AdvisorError
        When a name is unknown, or nothing is left to do (exit code 2).
    """
    known = (definitions or shipped()).naming(frameworks or ())
    chosen = _chosen(frameworks, known.frameworks, "framework")
    runtimes = _chosen(routes, known.routes, "route")
    skipped: list[Skipped] = []
    cells = []
    for work in known.workloads:
        if not _wanted(work.probe, only):
            continue
        if mode == "quick" and not only and work.not_quick:
            skipped += [_left_out(work, batch, work.not_quick) for batch in work.batches]
            continue
        for batch in work.batches:
            for setting in (OUT_OF_THE_BOX, BEST_KNOWN):
                if mode == "quick" and setting == BEST_KNOWN and (work.probe, batch) not in _QUICK_BEST_KNOWN:
                    skipped.append(_left_out(work, batch, _COMPILED))
                    continue
                for name in chosen:
                    modes = known.frameworks[name].modes
                    if setting in modes:
                        taken = modes[setting].quick.get(work.probe) if mode == "quick" else None
                        cells.append(CellTask(known.frameworks[name], work, batch, setting, taken))
                        if taken:
                            skipped.append(_untried(known.frameworks[name], work, batch, taken))
    for part in only:
        # What is misspelled among others would be missed in the Run only, after minutes.
        if not any(_wanted(each, [part]) for each in _ids(known)):
            raise _nothing_to_do(known, [part], chosen)
    taken_up = [known.routes[name] for name in runtimes if _wanted(known.routes[name].id, only)]
    if mode == "quick" and not only and routes is None:
        skipped += [
            Skipped(probe=route.id, why=f"{route.not_quick}; leave out --quick to measure it")
            for route in taken_up
            if route.not_quick
        ]
        taken_up = [route for route in taken_up if not route.not_quick]
    shipping = [
        RouteTask(known.frameworks[name], route, precision)
        for name in chosen
        for runtime in known.frameworks[name].routes
        for route in taken_up
        if route.runtime == runtime
        for precision in PRECISIONS
    ]
    asked = any(_wanted(capability.probe, only) for capability in known.capabilities.values()) and bool(only)
    proving, left_out = capabilities.planned(
        known, chosen, lambda probe: _wanted(probe, only), quick=mode == "quick" and not asked
    )
    skipped += left_out
    conducted, left_out = experiments.planned(
        known, chosen, lambda probe: _wanted(probe, only), quick=mode == "quick" and not only
    )
    skipped += left_out
    if mode == "quick" and any(cell.workload.task == "training" for cell in cells):
        skipped.append(Skipped(probe="*-training", why=_APART))
    trials: list[Trial] = [*cells, *shipping, *conducted, *proving]
    busy = {task.framework.id for task in trials}
    environments = [
        EnvironmentTask(known.frameworks[name]) for name in chosen if name in busy or _wanted(ENVIRONMENT, only)
    ]
    if not environments:
        raise _nothing_to_do(known, only, chosen)
    used = pace or PACES[mode]
    if until_decided:
        used = replace(used, further=max(used.further, MOST_FURTHER), until_decided=True)
    if not (cells or shipping or _wanted(ENVIRONMENT, only)):
        used = replace(used, rounds=0, processes=1)  # nothing is timed
    return Plan(
        known, mode, used, tuple(environments), tuple(cells), tuple(shipping), tuple(proving), tuple(conducted),
        tuple(skipped), tuple(only), budget,
    )  # fmt: skip


def _chosen(names: Collection[str] | None, known: Collection[str], what: str) -> list[str]:
    for name in names or ():
        if name not in known:
            expected = ", ".join(known)
            raise AdvisorError(f"unknown {what} '{name}'{did_you_mean(name, known)} (known: {expected})")
    return [name for name in known if names is None or name in names]


def _wanted(probe: str, only: Collection[str]) -> bool:
    return not only or any(fnmatchcase(probe, glob) for glob in only)


def _left_out(work: WorkloadDefinition, batch: int, why: str) -> Skipped:
    return Skipped(probe=work.probe, why=f"batch {batch}: {why}; leave out --quick to measure it")


def _untried(framework: FrameworkDefinition, work: WorkloadDefinition, batch: int, taken: str) -> Skipped:
    what = f"{framework.title}'s other alternatives to {taken.replace('_', ' ')}"
    return _left_out(work, batch, f"{what} are not tried, because {_COMPILED}")


def _as_reference(cell: CellTask) -> tuple[bool, bool, int]:
    """Sort cells by how well two processes that measure them stand for their framework."""
    return cell.workload.task == "inference", cell.workload.workload == ROUTE_WORKLOAD, cell.batch


def _identity(observation: Observation) -> tuple[object, ...]:
    return (
        observation.probe, observation.framework, observation.route, observation.mode, observation.metric,
        tuple(sorted(observation.parameters.items())),
    )  # fmt: skip


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
