"""A measuring plan for one profile: only what its criteria rest on, the weightiest capabilities first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from advisor.decision.adaptive import EVERYTHING_ELSE, needed_probes
from advisor.decision.criteria import Selection
from advisor.decision.profile import Profile
from advisor.measurement.definitions import OUT_OF_THE_BOX
from advisor.measurement.plan import Plan
from advisor.measurement.run import Skipped
from advisor.measurement.tasks import ENVIRONMENT, CellTask, RouteTask

INT8 = "int8"


@dataclass(frozen=True)
class _Case:
    """What a criterion asks of a probe; None stands for anything."""

    probe: str
    batch: object = None
    mode: str | None = None
    precision: object = None


def narrowed(plan: Plan, profile: Profile) -> Plan:
    """Return the part of `plan` that could change the profile's answer; what it leaves out it says.

    A criterion that asks for the best known setting needs every setting, to know which is the fastest. An int8 model is
    compared with the float32 one, so that one is shipped as well.
    """
    needs = [*needed_probes(profile, plan.definitions)]
    cases = [*_cases(profile)]
    left = {task.probe for task in plan.trials} - set(needs)
    skipped = [each for each in plan.skipped if any(fnmatchcase(probe, each.probe) for probe in needs)]
    if left:
        why = f"no criterion of the profile '{profile.name}' rests on it ({len(left)} probes); --all measures it too"
        skipped.append(Skipped(probe=EVERYTHING_ELSE, why=why))
    cells = tuple(cell for cell in plan.cells if any(_asks_cell(case, cell) for case in cases))
    routes = tuple(route for route in plan.routes if route.probe in needs and _asks_route(cases, route))
    experiments = tuple(task for task in plan.experiments if task.probe in needs)
    capabilities = sorted(
        (task for task in plan.capabilities if task.probe in needs), key=lambda task: needs.index(task.probe)
    )
    pace = plan.pace if cells or routes or ENVIRONMENT in needs else replace(plan.pace, rounds=0, processes=1)
    return replace(
        plan, pace=pace, cells=cells, routes=routes, experiments=experiments, capabilities=tuple(capabilities),
        skipped=tuple(skipped), only=tuple(needs),
    )  # fmt: skip


def _cases(profile: Profile) -> Iterator[_Case]:
    for criterion in profile.criteria.values():
        for rule in criterion.evidence:
            for part in () if rule.measured is None else (rule.measured, *rule.measured.plus):
                yield _case(part)


def _case(part: Selection) -> _Case:
    return _Case(part.probe, part.parameters.get("batch"), part.mode, part.parameters.get("precision"))


def _asks_cell(case: _Case, cell: CellTask) -> bool:
    return (
        fnmatchcase(cell.probe, case.probe)
        and case.batch in (None, cell.batch)
        and (case.mode != OUT_OF_THE_BOX or cell.mode == OUT_OF_THE_BOX)
    )


def _asks_route(cases: Iterable[_Case], route: RouteTask) -> bool:
    asked = {case.precision for case in cases if fnmatchcase(route.probe, case.probe)}
    return route.precision != INT8 or INT8 in asked or None in asked
