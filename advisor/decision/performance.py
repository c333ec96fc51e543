"""The performance table as rows: what is known of every stack on every criterion, and where it comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from advisor.criteria import Criterion, load_criteria
from advisor.decision.alternatives import chosen, every
from advisor.decision.evidence import Evidencer, Finding
from advisor.decision.frames import KNOWN
from advisor.frames import Column, frame
from advisor.keys import Stack, stack_id
from advisor.knowledge.catalog import Catalog, load_catalog
from advisor.measurement.definitions import frameworks as defined_frameworks
from advisor.measurement.definitions import routes as defined_routes
from advisor.measurement.run import Run
from advisor.profiles.entries import Ships
from advisor.profiles.profile import Profile

if TYPE_CHECKING:
    import pandas as pd

FIELDS = (
    "criterion", "title", "stack", "text", "outcome", "value", "low", "high", "unit", "level", "n", "provenance",
    "evidence", "source", "date", "probe", "message", "framework", "route",
)  # fmt: skip


COLUMNS = {
    "run": Column("category", "the Run's id"),
    "machine": Column("category", "the processor of the machine"),
    "criterion": Column("category", "the criterion's id"),
    "title": Column("category", "the criterion in words"),
    "stack": Column("category", "the stack's id"),
    "framework": Column("category", "the framework's id"),
    "route": Column("category", "the route's id; missing for a framework alone"),
    "probe": Column("category", "the probe that measured it"),
} | {name: column for name, column in KNOWN.items() if name != "grade"}  # fmt: skip
"""The columns of `evidence_frame`."""


def evidence_frame(
    runs: Sequence[Run],
    profile: Profile | None = None,
    *,
    frameworks: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> pd.DataFrame:
    """Return what `evidence_rows` does, one Run below the other, with the columns of `COLUMNS`."""
    found = (
        row | {"run": run.id, "machine": run.host.cpu}
        for run in runs
        for row in evidence_rows(run, profile, frameworks=frameworks, exclude=exclude)
    )
    return frame(found, COLUMNS)


def evidence_rows(
    run: Run,
    profile: Profile | None = None,
    catalog: Catalog | None = None,
    *,
    frameworks: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Return one row for each stack and criterion, with the fields of `FIELDS`, in base units.

    Parameters
    ----------
    run : Run
        What was measured.
    profile : Profile, optional
        Only its criteria and its alternatives; default every criterion, each for the stacks that it tells apart.
    catalog : Catalog, optional
        What is documented; default the shipped one.
    frameworks, exclude : collection of str
        Which stacks (see `advisor.decision.alternatives.alternatives`).
    """
    known = load_catalog() if catalog is None else catalog
    evidencer = Evidencer(run, known, profile.team, build=profile.build) if profile else Evidencer(run, known)
    shipped: tuple[Ships | None, ...] = (profile.ships,) if profile else (None, "edge", "server")
    found = {
        stack_id(stack): stack
        for ships in shipped
        for stack in every(run, ships, defined_frameworks(), defined_routes())
    }
    stacks = chosen(run, found.values(), frameworks=frameworks, exclude=exclude)
    criteria = (profile.criteria if profile else _without_team(load_criteria())).values()
    return [
        _row(stack, criterion, evidencer.find(stack, criterion))
        for criterion in criteria
        for stack in (stacks if profile else _told_apart(criterion, stacks))
    ]


def _without_team(criteria: Mapping[str, Criterion]) -> dict[str, Criterion]:
    """Leave out what only a profile's team could answer."""
    return {name: each for name, each in criteria.items() if not all(rule.asserted for rule in each.evidence)}


def _told_apart(criterion: Criterion, stacks: Iterable[Stack]) -> list[Stack]:
    """Return the stacks on which the criterion says something of their own: not those that repeat their framework."""
    of_routes = any(rule.route == "own" for rule in criterion.evidence)
    return [
        stack
        for stack in stacks
        if (of_routes if stack.route else True) and criterion.applies(routed=stack.route is not None)
    ]


def _row(stack: Stack, criterion: Criterion, finding: Finding) -> dict[str, Any]:
    cell = finding.cell.model_dump(mode="json")
    cell |= {"stack": stack_id(stack), "title": criterion.title, "probe": finding.probe}
    return {field: cell[field] for field in FIELDS}
