"""The verdict: one of five words, and what it depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from advisor.decision.phrases import listed
from advisor.decision.readings import ELSEWHERE
from advisor.decision.recommendation import Verdict
from advisor.decision.table import Table
from advisor.profiles.profile import REACH
from advisor.profiles.team import CRITERION

SURE = 0.9
"""Share of samples in which a recommended stack comes first."""

SMALL = 0.02
"""Difference in value that does not matter: what 5 % are worth where floor and target are a decade apart."""

ENOUGH = 0.5
"""Share of the weight that must be known of a stack before it counts as compared."""

UNSEEN = 0.2
"""Share of the weight that another kind of processor decides, from which on nothing is named for a target."""

WELL_KNOWN = 0.75
"""Share of the weight that must be known of two stacks before their being close counts as a tie."""


@dataclass(frozen=True)
class Without:
    """Who would come first without one criterion, the other weights in proportion, and by how much before whom."""

    criterion: str
    title: str
    first: str
    second: str
    lead: float


def without(table: Table) -> list[Without]:
    """Return for each criterion, in the profile's order, who would be first among the feasible stacks without it."""
    found: list[Without] = []
    if len(table.feasible) < 2:
        return found
    for wish in table.profile.wishes:
        rest = 1.0 - wish.weight
        if rest <= 0:
            continue
        values = {
            name: (table.values[name].middle - wish.weight * table.worths[name, wish.criterion.id].middle) / rest
            for name in table.feasible
        }
        first, second = sorted(values, key=lambda name: -values[name])[:2]
        lead = values[first] - values[second]
        found.append(Without(wish.criterion.id, wish.criterion.title, first, second, lead))
    return found


@dataclass(frozen=True)
class Judgement:
    """The verdict, the stack that it names (none when undetermined or infeasible), and its conditions.

    ``tied`` holds every stack of a tie, the named one first.
    """

    verdict: Verdict
    answer: str | None = None
    tied: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


def judge(table: Table, first_rank: Mapping[str, float]) -> Judgement:
    """Return the verdict.

    infeasible
        Every stack fails a hard constraint.
    tie
        The first two differ by no more than `SMALL`, however often the difference is positive, or the second comes
        first more often; and at least three quarters of the weight of both are known, so that it is no mere lack of
        evidence. Of the tied, one that is built on what the team knows is named first.
    recommended
        First in at least 90 % of the samples and ahead by more than `SMALL`; no hard constraint of it is unknown, every
        stack that could still overtake it has been compared (at least half of its weight is known), and no criterion
        carries it alone: without any single one it would still be ahead by more than `SMALL`.
    undetermined
        No stack is documented to reach the target, or what decides depends on a kind of processor that was not
        measured. Or less than half of the weight of the leader is known; or it leads in less than half of the samples
        while more than a quarter of its weight or of its closest rival's is unknown.
    lean
        Everything else: a leader that is not sure, or sure only on a condition; or what the team knows, where switching
        to the leader would take more than a year of all its work.

    Parameters
    ----------
    first_rank : mapping
        Share of samples in which each feasible stack comes first.
    """
    if not table.feasible:
        return Judgement("infeasible")
    first, rest = table.feasible[0], table.feasible[1:]
    conditions = _unknown_constraints(table, first) + _uncompared(table, first) + _too_dear(table, first)
    share = first_rank[first]
    unreached = _cannot_tell(table)
    if unreached:
        return Judgement("undetermined", conditions=unreached)
    if table.known(first) < ENOUGH:
        return Judgement("undetermined", conditions=(*conditions, *_unknown_there(table)))
    if not rest:
        return Judgement("lean", first, conditions=conditions)
    staying = _staying(table, first)
    if staying is not None:
        return Judgement("lean", staying, conditions=_unknown_constraints(table, staying))
    second = rest[0]
    gap = table.values[first].middle - table.values[second].middle
    close = gap <= SMALL
    if min(table.known(first), table.known(second)) >= WELL_KNOWN:
        if close or (share < SURE and first_rank[second] > share):
            tied = _known_first(table, (first, second, *_as_close(table, rest[1:])))
            conditions = _unknown_constraints(table, tied[0]) + _uncompared(table, first)
            return Judgement("tie", tied[0], tied=tied, conditions=conditions)
    elif share < 0.5:
        return Judgement("undetermined", conditions=conditions)
    if share < SURE or close:
        return Judgement("lean", first, conditions=conditions)
    conditions += _carried(table, first)
    return Judgement("lean" if conditions else "recommended", first, conditions=conditions)


def _carried(table: Table, first: str) -> tuple[str, ...]:
    """Name the criteria without any of which the leader would not be ahead by enough to matter."""
    alone = [each for each in without(table) if each.lead <= SMALL or each.first != first]
    return tuple(
        f"'{each.title}' counts as much as stated: without it, {_instead(table, first, each)}" for each in alone
    )


def _instead(table: Table, first: str, each: Without) -> str:
    rival = table.title(each.first if each.first != first else each.second)
    if each.lead <= SMALL:
        return f"{rival} would be as good"
    return f"{rival} would lead"


def _cannot_tell(table: Table) -> tuple[str, ...]:
    """Say that no evidence speaks of the target: no stack that is left is documented to reach it, or none was timed."""
    target = table.profile.target
    if target is None:
        return ()
    first = table.feasible[0]
    unseen = fsum(
        wish.weight for wish in table.profile.wishes if table.cell(first, wish.criterion.id).outcome == ELSEWHERE
    )
    if unseen >= UNSEEN:
        return _unknown_there(table)
    states = (state for name in table.feasible for state in table.constraints[name] if state.criterion == REACH)
    if any(state.outcome == "pass" for state in states):
        return ()
    why = f"nothing documents that a stack of this ranking runs on {target.called}"
    return (f"cannot tell for this target: {why}. {target.ask}",)


def _unknown_there(table: Table) -> tuple[str, ...]:
    """Say where it is the target of which too little is known."""
    target = table.profile.target
    if target is None:
        return ()
    return (f"cannot tell for this target: what decides was not measured on {target.called}. {target.ask}",)


def _unknown_constraints(table: Table, first: str) -> tuple[str, ...]:
    return tuple(
        f"{constraint.criterion.title} {constraint.text} ({state.detail})"
        for constraint, state in zip(table.profile.constraints, table.constraints[first], strict=True)
        if state.outcome == "unknown"
    )


def _too_dear(table: Table, first: str) -> tuple[str, ...]:
    """Say that switching to the leader takes the team more than a year of all its work, where it cannot stay."""
    if not too_dear(table, first):
        return ()
    cell = table.cell(first, CRITERION)
    return (f"the team can spend {cell.text} of its year on switching (an estimate): staying is the alternative",)


def too_dear(table: Table, name: str) -> bool:
    """Return whether switching to a stack takes the team more than a year of all its work: no lead is worth that."""
    if table.profile.team is None or CRITERION not in table.profile.criteria:
        return False
    cell = table.cell(name, CRITERION)
    return cell.value is not None and cell.value >= 1.0


def _staying(table: Table, first: str) -> str | None:
    """Return the best stack that is built on what the team knows, where the leader is too dear for it to switch to."""
    team = table.profile.team
    if team is None or not too_dear(table, first):
        return None
    own = (name for name in table.feasible if table.stacks[name].framework == team.knows)
    return next((name for name in own if table.known(name) >= ENOUGH), None)


def _uncompared(table: Table, first: str) -> tuple[str, ...]:
    """Name the stacks that could overtake the leader and of which too little is known."""
    unknown = [
        table.title(rival)
        for rival in table.feasible[1:]
        if table.known(rival) < ENOUGH and table.values[rival].high >= table.values[first].middle
    ]
    if not unknown:
        return ()
    return (f"{listed(unknown)} would not do better (most of the evidence is missing there)",)


def _known_first(table: Table, tied: tuple[str, ...]) -> tuple[str, ...]:
    """Put the stacks that are built on what the team knows in front."""
    team = table.profile.team
    return tuple(sorted(tied, key=lambda name: team is not None and table.stacks[name].framework != team.knows))


def _as_close(table: Table, others: Sequence[str]) -> tuple[str, ...]:
    """Return those of `others` that belong to the tie as well: as close to the first, and as well known."""
    first = table.values[table.feasible[0]].middle
    return tuple(
        name for name in others if first - table.values[name].middle <= SMALL and table.known(name) >= WELL_KNOWN
    )
