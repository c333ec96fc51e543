"""The verdict: one of five words, and what it depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from advisor.decision.recommendation import Verdict
from advisor.decision.robustness import Samples
from advisor.decision.table import Table

SURE = 0.9
"""Share of samples in which a recommended stack comes first."""

SMALL = 0.02
"""Difference in value that does not matter: what 5 % are worth where floor and target are a decade apart."""

ENOUGH = 0.5
"""Share of the weight that must be known of a stack before it counts as compared."""


@dataclass(frozen=True)
class Judgement:
    """The verdict, the stack that it names (none when undetermined or infeasible), its equals, and its conditions."""

    verdict: Verdict
    answer: str | None = None
    tied: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


def judge(table: Table, samples: Samples | None, first_rank: Mapping[str, float]) -> Judgement:
    """Return the verdict.

    infeasible
        Every stack fails a hard constraint.
    recommended
        First in at least 90 % of the samples, no hard constraint of it is unknown, and every stack that could still
        overtake it has been compared: at least half of its weight is known.
    tie
        In most samples the first two lie within `SMALL` of each other.
    undetermined
        Less than half of the weight of the leader is known; or it leads in less than half of the samples while more
        than a quarter of its weight or of its closest rival's is unknown.
    lean
        Everything else: a leader that is not sure, or sure only on a condition.
    """
    if not table.feasible or samples is None:
        return Judgement("infeasible")
    first, rest = table.feasible[0], table.feasible[1:]
    conditions = _unknown_constraints(table, first) + _uncompared(table, first)
    share = first_rank[first]
    if table.known(first) < ENOUGH:
        return Judgement("undetermined", conditions=conditions)
    if share >= SURE and not conditions and rest:
        return Judgement("recommended", first)
    if rest and share < SURE:
        second = rest[0]
        if _usually_close(samples, first, second):
            return Judgement("tie", first, tied=(second,), conditions=conditions)
        if share < 0.5 and min(table.known(first), table.known(second)) < 0.75:
            return Judgement("undetermined", conditions=conditions)
    return Judgement("lean", first, conditions=conditions)


def _unknown_constraints(table: Table, first: str) -> tuple[str, ...]:
    return tuple(
        f"{must.criterion.title} {must.text} (not known: {state.detail})"
        for must, state in zip(table.profile.musts, table.constraints[first], strict=True)
        if state.outcome == "unknown"
    )


def _uncompared(table: Table, first: str) -> tuple[str, ...]:
    """Name the stacks that could overtake the leader and of which too little is known."""
    unknown = [
        table.title(rival)
        for rival in table.feasible[1:]
        if table.known(rival) < ENOUGH and table.values[rival].high >= table.values[first].low
    ]
    if not unknown:
        return ()
    return (f"{', '.join(unknown)} would not do better: most of the evidence is missing there",)


def _usually_close(samples: Samples, first: str, second: str) -> bool:
    import numpy as np

    one, two = (samples.values[:, samples.stacks.index(name)] for name in (first, second))
    return bool(np.mean(np.abs(one - two) <= SMALL) >= 0.5)
