"""A measuring plan for one profile: only what its criteria rest on, in the order in which it can change the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from advisor.criteria import Selection
from advisor.decision.priorities import needed_probes
from advisor.keys import Stack
from advisor.measurement.definitions import OUT_OF_THE_BOX
from advisor.measurement.omission import EVERYTHING_ELSE
from advisor.measurement.run import Skipped
from advisor.measurement.session.plan import Plan
from advisor.measurement.tasks.kinds import ENVIRONMENT, CellTask, RouteTask
from advisor.profiles.networks import for_session
from advisor.profiles.profile import Profile

INT8 = "int8"
UNTIMED = (None, "accuracy", "accuracy-loss", "artifact-size")
"""The metrics that the proof of a route and the digits tell; None: the proof itself."""


@dataclass(frozen=True)
class _Case:
    """What a criterion asks of a probe; None stands for anything."""

    probe: str
    batch: object = None
    setting: str | None = None
    network: str | None = None
    precision: object = None
    metric: str | None = None


def narrowed(plan: Plan, profile: Profile) -> Plan:
    """Return the part of `plan` that could change the profile's answer; what it leaves out it says.

    A criterion that asks for the best known setting needs every setting, to know which is the fastest. An int8 model is
    compared with the float32 one, so that one is shipped as well, and first: its proof can put the route out. Where one
    model is asked about, its own float32 proof does that.

    The weightiest comes first; among the capabilities, what a constraint rests on comes before anything is timed.
    """
    profile = for_session(profile, quick=plan.mode == "quick") if plan.subjects else profile
    needs = [*needed_probes(profile, plan.definitions)]
    cases = [*_cases(profile)]
    left = {task.probe for task in plan.trials} - set(needs)
    skipped = [each for each in plan.skipped if any(fnmatchcase(probe, each.probe) for probe in needs)]
    if left:
        skipped.append(Skipped(probe=EVERYTHING_ELSE, kind="not_asked", profile=profile.name, probes=len(left)))
    cells = [cell for cell in plan.cells if any(_asks_cell(case, cell) for case in cases)]
    everything, first = not plan.subjects, profile.model is None
    about = None if profile.model is None else profile.model.spec
    routes = [
        each
        for route in plan.routes
        if route.probe in needs
        for each in _routed(cases, route, everything=everything or route.workload == about, first=first)
    ]
    experiments = [task for task in plan.experiments if task.probe in needs]
    capabilities = [task for task in plan.capabilities if task.probe in needs]
    pace = plan.pace if cells or routes or ENVIRONMENT in needs else replace(plan.pace, rounds=0, processes=1)
    if pace.apart and not any(_asks_apart(case) for case in cases):
        pace = replace(pace, apart=0)
        skipped += _memory_and_shapes(profile, cells)
    return replace(
        plan, pace=pace, skipped=tuple(skipped), only=tuple(needs),
        cells=tuple(sorted(cells, key=lambda cell: needs.index(cell.probe))),
        routes=tuple(sorted(routes, key=_first_what_ends_most(needs))),
        experiments=tuple(sorted(experiments, key=lambda task: needs.index(task.probe))),
        capabilities=tuple(sorted(capabilities, key=lambda task: needs.index(task.probe))),
        first=_required(profile, needs),
    )  # fmt: skip


def compared(plan: Plan, profile: Profile) -> tuple[Stack, ...]:
    """Return the routes of `plan` as the alternatives that they will be for the profile."""
    return tuple(
        Stack(framework=route.framework.id, route=route.route.runtime)
        for route in plan.routes
        if profile.ships in route.route.ships
    )


def _required(profile: Profile, needs: Iterable[str]) -> frozenset[str]:
    """Return the probes of capabilities on which a constraint rests."""
    asked = [
        rule.measured.probe_of(None)
        for constraint in profile.constraints
        for rule in constraint.criterion.evidence
        if rule.measured is not None
    ]
    return frozenset(
        probe for probe in needs if probe.startswith("capability:") and any(fnmatchcase(probe, each) for each in asked)
    )


def _asks_apart(case: _Case) -> bool:
    """Return whether a case is of what sessions measure in processes or at shapes of its own."""
    return not case.probe.startswith("route:") and case.metric in ("peak-memory", "memory-delta", "recompile-time")


def _memory_and_shapes(profile: Profile, cells: Iterable[CellTask]) -> list[Skipped]:
    probes = dict.fromkeys(cell.probe for cell in cells if cell.workload.task in ("training", "inference"))
    return [Skipped(probe=probe, kind="not_asked_apart", profile=profile.name) for probe in probes]


def _cases(profile: Profile) -> Iterator[_Case]:
    for criterion in profile.criteria.values():
        for rule in criterion.evidence:
            for part in () if rule.measured is None else rule.measured.parts:
                yield _case(part)


def _case(part: Selection) -> _Case:
    batch, precision = part.parameters.get("batch"), part.parameters.get("precision")
    return _Case(part.probe_of(None), batch, part.setting, part.workload, precision, part.metric)


def _asks_cell(case: _Case, cell: CellTask) -> bool:
    return (
        fnmatchcase(cell.probe, case.probe)
        and case.network in (None, cell.workload.workload)
        and case.batch in (None, cell.batch)
        and (case.setting != OUT_OF_THE_BOX or cell.setting == OUT_OF_THE_BOX)
    )


def _first_what_ends_most(needs: Sequence[str]) -> Callable[[RouteTask], tuple[bool, bool, int]]:
    """Return what sorts routes: the proof of the trained network can put a stack out, and it is the quickest."""
    return lambda route: (not route.trained, route.precision == INT8, needs.index(route.probe))


def _routed(cases: Iterable[_Case], route: RouteTask, *, everything: bool, first: bool) -> list[RouteTask]:
    """Return the task of a route as the cases ask for it: not at all, to be proved, or to be timed as well.

    `everything` that is shipped is timed where the profile is about no network but the trained one, and of a model that
    is asked about; the trained one is proved in float32 `first` where it stands for a model that is not known.
    """
    asked = [case for case in cases if fnmatchcase(route.probe, case.probe) and case.network in (None, route.workload)]
    alike = [case for case in asked if case.precision in (None, route.precision)]
    if not (alike or (first and asked and route.trained and route.precision != INT8)):
        return []
    return [replace(route, timed=everything or any(case.metric not in UNTIMED for case in alike))]
