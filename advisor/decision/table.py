"""The scored performance table of one decision: stacks × criteria, with findings, worths, values and constraints.

The value is additive: weights times partial values, with bounds, and a denominator that never changes. Weights are
normalised once, over the profile. A missing cell keeps its weight and counts as anything from 0 to 1; it is neither
dropped nor filled in, so that removing evidence can only widen the bounds (never raise the lower one).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from advisor.decision.evidence import Finding
from advisor.decision.phrases import amount, figure
from advisor.decision.readings import WORTHLESS
from advisor.decision.recommendation import Cell, Check, ConstraintCheck, Contribution
from advisor.keys import Stack, stack_id, stack_title
from advisor.profiles.profile import Constraint, Profile, Wish
from advisor.profiles.value import ValueFunction


@dataclass(frozen=True)
class Worth:
    """The partial value of a cell: ``point`` (None when nobody knows it) within ``low`` and ``high``, all 0 to 1.

    ``bounded``: it has no point, and yet it was measured, between two bounds.
    """

    point: float | None
    low: float
    high: float
    bounded: bool = False

    @property
    def known(self) -> bool:
        """Whether the figure is known, as a point or between two bounds."""
        return self.point is not None or self.bounded

    @property
    def middle(self) -> float:
        """Return the point, or the middle of the bounds: the mean of what an unknown worth can be."""
        return (self.low + self.high) / 2 if self.point is None else self.point


def worth(cell: Cell, value: ValueFunction) -> Worth:
    """Return the partial value of `cell` under the value function `value`."""
    if cell.outcome in WORTHLESS and cell.value is None:
        return Worth(0.0, 0.0, 0.0)
    if cell.provenance == "missing":
        return Worth(None, 0.0, 1.0)
    least, most = cell.plausible
    good, bad = (least, most) if value.better == "lower" else (most, least)
    low = 0.0 if bad is None else value(bad)
    high = 1.0 if good is None else value(good)
    if cell.value is None:
        return Worth(
            None, low, high, bounded=cell.grade is not None or (cell.low is not None and cell.high is not None)
        )
    point = value(cell.value)
    return Worth(point, min(low, point), max(high, point))


def scored(cell: Cell, of: Worth) -> Cell:
    """Return the cell with its partial value and bounds."""
    return cell.model_copy(update={"score": of.point, "score_low": of.low, "score_high": of.high})


def total(wishes: Sequence[Wish], worths: Mapping[str, Worth]) -> Worth:
    """Return V within V− and V+: the weighted sum of the partial values of one stack (by criterion id)."""

    def weighted(part: str) -> float:
        # Everywhere in the engine `fsum`: how `sum` rounds depends on the version of Python, and an answer must not.
        return min(
            1.0, max(0.0, fsum(wish.weight * float(getattr(worths[wish.criterion.id], part)) for wish in wishes))
        )

    return Worth(weighted("middle"), weighted("low"), weighted("high"))


def contributions(wishes: Sequence[Wish], worths: Mapping[str, Worth], cells: Mapping[str, Cell]) -> list[Contribution]:
    """Return what each criterion adds to one stack's value, in the profile's order."""
    return [
        Contribution(
            criterion=wish.criterion.id,
            weight=wish.weight,
            value=worths[wish.criterion.id].point,
            low=worths[wish.criterion.id].low,
            high=worths[wish.criterion.id].high,
            provenance=cells[wish.criterion.id].provenance,
            evidence=cells[wish.criterion.id].evidence,
        )
        for wish in wishes
    ]


def known_share(wishes: Sequence[Wish], worths: Mapping[str, Worth]) -> float:
    """Return the share of the weight whose partial value is known, as a point or between two bounds."""
    return fsum(wish.weight for wish in wishes if worths[wish.criterion.id].known)


def check(constraint: Constraint, cell: Cell) -> ConstraintCheck:
    """Return whether `cell` meets `constraint`.

    Pass: the whole interval does, and it is of the model and the device that are asked about. Fail: the whole interval
    does not (``shortfall`` is how far its nearest end is off, in the criterion's base unit), or the outcome is evidence
    against the stack. Unknown: anything else.
    """
    criterion = constraint.criterion
    if cell.outcome in WORTHLESS and not criterion.levels:
        return ConstraintCheck(criterion=criterion.id, outcome="fail", detail=_because(figure(cell), cell))
    if cell.provenance == "missing":
        return ConstraintCheck(criterion=criterion.id, outcome="unknown", detail=_because(figure(cell), cell))
    upper = constraint.kind == "at_most"
    # The end of the interval that is nearest to the limit from the good side, and the one that is farthest from it.
    ends = cell.plausible
    good, bad = ends if upper else ends[::-1]
    said = figure(cell, percent=criterion.percent)
    if bad is not None and _within(bad, constraint.limit, upper=upper):
        # What another network or another machine met, this one has yet to meet, also where the limit is a multiple of
        # what the network amounts to: how many times its weights a file takes is another network's own affair.
        if cell.transfer:
            return ConstraintCheck(
                criterion=criterion.id, outcome="unknown", detail=f"{said} {cell.transferred}, yours is not known"
            )
        detail = said if criterion.levels else f"{said} {'≤' if upper else '≥'} {constraint.limit_text}"
        return ConstraintCheck(criterion=criterion.id, outcome="pass", detail=detail)
    if good is None or _within(good, constraint.limit, upper=upper):
        outcome: Check = "unknown"
        detail = _because(f"{said}, {constraint.text}", cell)
        return ConstraintCheck(criterion=criterion.id, outcome=outcome, detail=detail)
    shortfall = abs(good - constraint.limit)
    if criterion.levels:
        missed = f"{said}, must be {constraint.limit_text}"
    else:
        off = amount(shortfall, criterion.unit, percent=criterion.percent)
        least = "" if good == cell.value else "at least "
        missed = f"{said} {'>' if upper else '<'} {constraint.limit_text}, off by {least}{off}"
    detail = _because(missed, cell)
    return ConstraintCheck(criterion=criterion.id, outcome="fail", detail=detail, shortfall=shortfall)


def _within(quantity: float, limit: float, *, upper: bool) -> bool:
    return quantity <= limit if upper else quantity >= limit


def _because(said: str, cell: Cell) -> str:
    """Add the message of an outcome that needs one to be understood."""
    told = cell.message if cell.outcome not in ("measured", "proved", "documented") else None
    return f"{said}: {told}" if told else said


@dataclass(frozen=True)
class Table:
    """Everything that the verdict and its explanation look at.

    Stacks are named by `stack_id`. ``feasible`` are the stacks that fail no constraint, best value first; ``out`` are
    the others, nearest miss first. ``open`` is the table of the alternatives that are documented and were not measured.
    """

    profile: Profile
    stacks: Mapping[str, Stack]
    titles: Mapping[str, str]
    findings: Mapping[tuple[str, str], Finding]
    worths: Mapping[tuple[str, str], Worth]
    values: Mapping[str, Worth]
    constraints: Mapping[str, tuple[ConstraintCheck, ...]]
    feasible: tuple[str, ...]
    out: tuple[str, ...]
    open: Table | None = None

    def cell(self, stack: str, criterion: str) -> Cell:
        """Return one cell."""
        return self.findings[stack, criterion].cell

    def title(self, stack: str) -> str:
        """Return the name of a stack as people write it."""
        return stack_title(self.stacks[stack], self.titles)

    def known(self, stack: str) -> float:
        """Return the share of the weight of which the stack's worth is known."""
        return known_share(self.profile.wishes, self.row(stack))

    def row(self, stack: str) -> dict[str, Worth]:
        """Return the worths of one stack by criterion."""
        return {wish.criterion.id: self.worths[stack, wish.criterion.id] for wish in self.profile.wishes}

    def failed(self, stack: str) -> list[ConstraintCheck]:
        """Return the constraints that the stack fails."""
        return [each for each in self.constraints[stack] if each.outcome == "fail"]


def build(
    profile: Profile,
    stacks: Sequence[Stack],
    titles: Mapping[str, str],
    findings: Mapping[tuple[str, str], Finding],
) -> Table:
    """Score every stack and order them."""
    named = {stack_id(stack): stack for stack in stacks}
    rows = {
        name: {wish.criterion.id: worth(findings[name, wish.criterion.id].cell, wish.value) for wish in profile.wishes}
        for name in named
    }
    values = {name: total(profile.wishes, row) for name, row in rows.items()}
    constraints = {
        name: tuple(check(each, findings[name, each.criterion.id].cell) for each in profile.constraints)
        for name in named
    }
    by_value = sorted(named, key=lambda name: (-values[name].middle, name))
    fails = {name: [each for each in constraints[name] if each.outcome == "fail"] for name in named}
    out = [name for name in by_value if fails[name]]
    out.sort(key=lambda name: (len(fails[name]), _distance(profile, fails[name])))
    return Table(
        profile=profile,
        stacks=named,
        titles=titles,
        findings=findings,
        worths={(name, criterion): found for name, row in rows.items() for criterion, found in row.items()},
        values=values,
        constraints=constraints,
        feasible=tuple(name for name in by_value if not fails[name]),
        out=tuple(out),
    )


def _distance(profile: Profile, failed: Sequence[ConstraintCheck]) -> float:
    """Return how far the constraints are missed, each relative to its limit; an outcome counts as a whole limit."""
    limits = {constraint.criterion.id: abs(constraint.limit) for constraint in profile.constraints}
    return fsum(
        1.0 if each.shortfall is None or not limits[each.criterion] else each.shortfall / limits[each.criterion]
        for each in failed
    )
