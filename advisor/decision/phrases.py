"""Evidence in words: numbers with units and sensible digits, levels, bounds, outcomes, and why something is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from advisor import rounding

if TYPE_CHECKING:
    from advisor.decision.recommendation import Cell
    from advisor.measurement.run import Skipped

ABOUT = "≈"

_COMPILED = "compiling it for the best known setting takes longer than --quick allows"
_MEASURE = "; leave out --quick to measure it"
_ADVICE = {
    "slow": _MEASURE,
    "slow_setting": _MEASURE,
    "slow_variants": _MEASURE,
    "slow_memory": _MEASURE,
    "slow_capabilities": "; leave out --quick to prove them",
}


def amount(
    value: float, unit: str, low: float | None = None, high: float | None = None, *, percent: bool = False
) -> str:
    """Return a quantity as text, with the digits that its bounds justify: ``27.4 kB``, ``0.3 %``, ``260 days``."""
    return rounding.show(value, unit, low, high, share=percent).text.replace(rounding.NARROW, " ")


def in_percent(part: float) -> str:
    """Return a share of worlds as text: ``82 %``, ``over 99 %``."""
    return rounding.percent(part).replace(rounding.NARROW, " ")


def figure(cell: Cell, *, percent: bool = False) -> str:
    """Return what a cell says: its value, its level, its bound, or the outcome that took their place.

    What was measured under load stands behind ``≈``.
    """
    return f"{ABOUT} {_figure(cell, percent=percent)}" if cell.grade else _figure(cell, percent=percent)


def _figure(cell: Cell, *, percent: bool) -> str:
    if cell.level is not None:
        return cell.level
    if cell.value is not None:
        return amount(cell.value, cell.unit, cell.low, cell.high, percent=percent)
    if cell.low is not None and cell.high is not None:
        return f"{amount(cell.low, cell.unit, percent=percent)} to {amount(cell.high, cell.unit, percent=percent)}"
    if cell.low is not None:
        return f"at least {amount(cell.low, cell.unit, percent=percent)}"
    if cell.high is not None:
        return f"at most {amount(cell.high, cell.unit, percent=percent)}"
    return cell.outcome.replace("_", " ")


def listed(names: Sequence[str], word: str = "and") -> str:
    """Return ``A``, ``A and B`` or ``A, B, and C``."""
    if len(names) < 3:
        return f" {word} ".join(names)
    return f"{', '.join(names[:-1])}, {word} {names[-1]}"


def origin(cell: Cell) -> str:
    """Return where a cell comes from: ``measured here``, ``documented, 2026-03``, or why it is missing."""
    if cell.source is not None and cell.date:
        return f"{cell.provenance}, {cell.date[:7]}"
    return cell.provenance


def left_out(skipped: Skipped, titles: Mapping[str, str]) -> str:
    """Return why something was left out: of which batch that is said, and how a quick session is made to measure it."""
    batch = skipped.parameters.get("batch")
    case = "" if batch is None else f"batch {batch}: "
    return f"{case}{reason(skipped, titles)}{_ADVICE.get(skipped.kind, '')}"


def reason(skipped: Skipped, titles: Mapping[str, str]) -> str:
    """Return why something was left out, and no more: where that is one for several, they have it in common."""
    whose = _title(skipped.framework, titles)
    spent = f"the budget of {skipped.budget or 0:.0f} s was spent"
    no_criterion = f"no criterion of the profile '{skipped.profile}' rests on"
    match skipped.kind:
        case "no_recipe":
            return f"{whose} has no recipe for it"
        case "slow_setting":
            return _COMPILED
        case "slow_variants":
            taken = (skipped.variant or "").replace("_", " ")
            return f"{whose}'s other alternatives to {taken} are not tried, because {_COMPILED}"
        case "slow_memory":
            return "peak memory, in processes that do nothing else, takes longer than --quick allows"
        case "slow_capabilities":
            return "each needs a process of its own, which takes longer than --quick allows"
        case "budget_rounds":
            return f"rounds {skipped.first} to {skipped.last} of every timing: {spent}"
        case "budget_apart":
            return f"what is measured apart from the rounds: {spent}"
        case "budget_capabilities":
            return f"all: {spent}"
        case "not_asked":
            return f"{no_criterion} it ({skipped.probes} probes); --all measures it too"
        case "not_asked_apart":
            return f"peak memory and calls at another shape: {no_criterion} them; --all measures them too"
        case "needless":
            return f"for {whose}: {needless(skipped)}"
        case "slow" | "other" | "not_taken":
            return skipped.reason or ""


def needless(skipped: Skipped) -> str:
    """Return why nothing more need be known of something, of whichever framework."""
    return f"{'' if skipped.first is None else f'rounds from {skipped.first} on: '}{skipped.reason}"


def _title(framework: str | None, titles: Mapping[str, str]) -> str:
    """Return what a framework is called; one that had nothing to do in a session is not told of in its Run."""
    if framework is None or framework in titles:
        return titles.get(framework or "", "")
    from advisor.measurement.definitions import current

    known = current().frameworks.get(framework)
    return known.title if known else framework
