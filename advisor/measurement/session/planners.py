"""A planner for each kind of task: what of it a session takes up, and what it leaves out, with the reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from advisor.measurement.definitions import (
    BEST_KNOWN,
    OUT_OF_THE_BOX,
    Definitions,
    FrameworkDefinition,
    RouteDefinition,
    WorkloadDefinition,
)
from advisor.measurement.run import Skipped
from advisor.measurement.subject import Subject
from advisor.measurement.tasks.kinds import ROUTE_WORKLOAD, CapabilityTask, CellTask, ExperimentTask, RouteTask

PRECISIONS = ("float32", "int8")
EVERY = "capability:*"

# Cells in the best known setting that --quick keeps: the one that a training and the one that a serving decision ask
# for first. Compilation costs seconds for each.
_QUICK_BEST_KNOWN = {("cnn-inference", 1), ("cnn-training", 64)}


@dataclass(frozen=True)
class Request:
    """What is asked of a session: which frameworks (by id) of which definitions, which probes (globs), how much.

    The `subjects` are models that are measured in any case, in both settings and through every route.
    """

    known: Definitions
    frameworks: Sequence[str]
    only: Collection[str] = ()
    quick: bool = False
    thorough: bool = False
    subjects: Sequence[Subject] = ()

    @property
    def least(self) -> bool:
        """Whether what takes long is left out: in a quick session, unless probes were named."""
        return self.quick and not self.only

    def wanted(self, probe: str) -> bool:
        """Tell whether a probe id was asked for."""
        return not self.only or any(fnmatchcase(probe, glob) for glob in self.only)

    def named(self, probe: str) -> bool:
        """Tell whether a probe was asked for by its own name, or the beginning of it: ``mobilenetv2*``."""
        return any(fnmatchcase(probe, glob) and not glob.startswith(("*", "?", "[")) for glob in self.only)

    def about(self, workload: str) -> Subject | None:
        """Return the subject that a workload is of."""
        return next((each for each in self.subjects if each.spec == workload), None)


def cells(request: Request) -> tuple[list[CellTask], list[Skipped]]:
    """Return what is timed, workload by workload, and what is left out."""
    tasks, skipped = list[CellTask](), list[Skipped]()
    for work in _workloads(request):
        if not request.wanted(work.probe) or not (work.unless_named is None or _taken(request, work)):
            continue
        if request.least and work.not_quick:
            skipped += [
                Skipped(probe=work.probe, kind="slow", reason=work.not_quick, parameters={"batch": batch})
                for batch in work.batches
            ]
            continue
        for batch in work.batches:
            for setting in (OUT_OF_THE_BOX, BEST_KNOWN):
                kept = (work.probe, batch) in _QUICK_BEST_KNOWN or request.about(work.workload) is not None
                if request.quick and setting == BEST_KNOWN and not kept:
                    skipped.append(Skipped(probe=work.probe, kind="slow_setting", parameters={"batch": batch}))
                    continue
                made, untried = _of_each(request, work, batch, setting)
                tasks += made
                skipped += untried
    return tasks, skipped


def _workloads(request: Request) -> list[WorkloadDefinition]:
    """Return what may be timed: what is defined, and what of the subjects is; one of both is the subject's."""
    own = {(each.probe, each.workload): each for subject in request.subjects for each in subject.works}
    defined = [own.pop((each.probe, each.workload), each) for each in request.known.workloads]
    return [*defined, *own.values()]


def _taken(request: Request, work: WorkloadDefinition) -> bool:
    """Tell whether a session takes up what others pass over in silence: it is none of what they are about."""
    return request.named(work.probe) or (request.thorough and not request.only)


def _of_each(
    request: Request, work: WorkloadDefinition, batch: int, setting: str
) -> tuple[list[CellTask], list[Skipped]]:
    """Return the cells of one workload, batch and setting, and the variants of the setting that are not tried."""
    tasks, skipped = list[CellTask](), list[Skipped]()
    subject = request.about(work.workload)
    for framework in (request.known.frameworks[name] for name in request.frameworks):
        if subject is not None and (why := subject.takes(framework.id)) is not None:
            left = Skipped(probe=work.probe, kind="not_taken", framework=framework.id, reason=why)
            skipped += [left] if left not in skipped else []
            continue
        if setting in framework.settings and work.task not in request.known.timed(framework.id):
            skipped.append(
                Skipped(probe=work.probe, kind="no_recipe", framework=framework.id, parameters={"batch": batch})
            )
        elif setting in framework.settings:
            taken = framework.settings[setting].quick.get(work.probe) if request.quick else None
            tasks.append(CellTask(framework, work, batch, setting, taken))
            if taken:
                others = Skipped(
                    probe=work.probe, kind="slow_variants", framework=framework.id, variant=taken,
                    parameters={"batch": batch},
                )  # fmt: skip
                skipped.append(others)
    return tasks, skipped


def routes(request: Request, runtimes: Collection[str], *, named: bool) -> tuple[list[RouteTask], list[Skipped]]:
    """Return what is shipped through these runtimes, and what a quick session leaves out unless they were `named`.

    Subjects go through every route, whichever probes were named.
    """
    found = [request.known.routes[name] for name in runtimes]
    if not request.subjects:
        found = [route for route in found if request.wanted(route.id)]
    skipped = []
    if request.least and not named:
        skipped = [Skipped(probe=route.id, kind="slow", reason=route.not_quick) for route in found if route.not_quick]
        found = [route for route in found if not route.not_quick]
    tasks = []
    for framework in (request.known.frameworks[name] for name in request.frameworks):
        for route in _of_framework(framework, found):
            if request.wanted(route.id):
                tasks += [RouteTask(framework, route, precision) for precision in PRECISIONS]
            for subject in request.subjects:
                if (why := subject.takes(framework.id, route.runtime)) is not None:
                    skipped.append(Skipped(probe=route.id, kind="not_taken", framework=framework.id, reason=why))
                elif subject.spec != ROUTE_WORKLOAD:
                    amount = subject.quantities.prediction
                    tasks += [
                        RouteTask(framework, route, precision, subject.spec, operations=amount)
                        for precision in PRECISIONS
                    ]
    return tasks, skipped


def _of_framework(framework: FrameworkDefinition, routes: Sequence[RouteDefinition]) -> list[RouteDefinition]:
    """Return those of the routes that a framework has, in its own order."""
    return [route for runtime in framework.routes for route in routes if route.runtime == runtime]


def experiments(request: Request) -> tuple[list[ExperimentTask], list[Skipped]]:
    """Return the experiments to conduct, one for each framework and variant, and what is left out."""
    tasks, skipped = list[ExperimentTask](), list[Skipped]()
    for experiment in request.known.experiments:
        if not request.wanted(experiment.probe) or (experiment.unless_named and not request.named(experiment.probe)):
            continue
        if request.least and experiment.not_quick:
            skipped.append(Skipped(probe=experiment.probe, kind="slow", reason=experiment.not_quick))
            continue
        for framework in (request.known.frameworks[name] for name in request.frameworks):
            if experiment.recipe and not request.known.has_recipe(framework.id, experiment):
                skipped.append(Skipped(probe=experiment.probe, kind="no_recipe", framework=framework.id))
                continue
            through = [None, *experiment.routes.get(framework.id, ())]
            tasks += [
                ExperimentTask(framework, experiment, variant, route)
                for route in through
                for variant in experiment.variants
            ]
    return tasks, skipped


def capabilities(request: Request) -> tuple[list[CapabilityTask], list[Skipped]]:
    """Return the recipes to run, capability by capability, and what is left out.

    A quick session proves only what was named.
    """
    asked = [each for each in request.known.capabilities.values() if request.wanted(each.probe)]
    if request.least and asked:
        return [], [Skipped(probe=EVERY, kind="slow_capabilities")]
    tasks, skipped = list[CapabilityTask](), list[Skipped]()
    for capability in asked:
        for framework in (request.known.frameworks[name] for name in request.frameworks):
            if request.known.has_recipe(framework.id, capability):
                tasks += [CapabilityTask(framework, capability, variant) for variant in capability.variants]
            else:
                skipped.append(Skipped(probe=capability.probe, kind="no_recipe", framework=framework.id))
    return tasks, skipped


def memory(request: Request, timed: Collection[CellTask]) -> list[Skipped]:
    """Return what a quick session leaves out of the memory that training takes; other sessions measure it beside."""
    training = any(cell.workload.task == "training" for cell in timed)
    return [Skipped(probe="*-training", kind="slow_memory")] if request.quick and training else []
