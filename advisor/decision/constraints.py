"""Hard constraints, tri-state on the interval: pass, fail, or unknown; never a guess."""

from __future__ import annotations

from advisor.decision.phrases import amount, figure
from advisor.decision.readings import WORTHLESS
from advisor.decision.recommendation import Cell, Check, Constraint
from advisor.profiles.profile import Must


def check(must: Must, cell: Cell) -> Constraint:
    """Return whether `cell` meets `must`.

    Pass: the whole interval does, and it is of the model and the device that are asked about. Fail: the whole interval
    does not (``shortfall`` is how far its nearest end is off, in the criterion's base unit), or the outcome is evidence
    against the stack. Unknown: anything else.
    """
    criterion = must.criterion
    if cell.outcome in WORTHLESS and not criterion.levels:
        return Constraint(criterion=criterion.id, outcome="fail", detail=_because(figure(cell), cell))
    if cell.provenance == "missing":
        return Constraint(criterion=criterion.id, outcome="unknown", detail=_because(figure(cell), cell))
    upper = must.kind == "at_most"
    # The end of the interval that is nearest to the limit from the good side, and the one that is farthest from it.
    ends = cell.plausible
    good, bad = ends if upper else ends[::-1]
    said = figure(cell, percent=criterion.percent)
    if bad is not None and _within(bad, must.limit, upper=upper):
        # What another network or another machine met, this one has yet to meet.
        if cell.transfer:
            return Constraint(
                criterion=criterion.id, outcome="unknown", detail=f"{said} {cell.transferred}, yours is not known"
            )
        detail = said if criterion.levels else f"{said} {'≤' if upper else '≥'} {must.limit_text}"
        return Constraint(criterion=criterion.id, outcome="pass", detail=detail)
    if good is None or _within(good, must.limit, upper=upper):
        outcome: Check = "unknown"
        return Constraint(criterion=criterion.id, outcome=outcome, detail=_because(f"{said}, {must.text}", cell))
    shortfall = abs(good - must.limit)
    if criterion.levels:
        missed = f"{said}, must be {must.limit_text}"
    else:
        off = amount(shortfall, criterion.unit, percent=criterion.percent)
        least = "" if good == cell.value else "at least "
        missed = f"{said} {'>' if upper else '<'} {must.limit_text}, off by {least}{off}"
    detail = _because(missed, cell)
    return Constraint(criterion=criterion.id, outcome="fail", detail=detail, shortfall=shortfall)


def _within(quantity: float, limit: float, *, upper: bool) -> bool:
    return quantity <= limit if upper else quantity >= limit


def _because(said: str, cell: Cell) -> str:
    """Add the message of an outcome that needs one to be understood."""
    told = cell.message if cell.outcome not in ("measured", "proved", "documented") else None
    return f"{said}: {told}" if told else said
