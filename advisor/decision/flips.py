"""Flip points in raw units: at which figure of one stack the answer would change, all else unchanged."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from advisor.decision.profile import Must, Wish
from advisor.decision.recommendation import Flip
from advisor.decision.stability import ROUNDING
from advisor.decision.table import Table
from advisor.decision.wording import amount

SHOWN = 12
"""How many flip points a Recommendation holds at most."""


@dataclass(frozen=True)
class _Candidate:
    distance: float
    flip: Flip


def flips(table: Table) -> list[Flip]:
    """Return the nearest flip points, nearest first: how small a change, on the criterion's own axis, would do.

    A rival overtakes by improving one figure, the answer loses its place by one that worsens, and a stack that is out
    comes in by meeting the one constraint that it fails. Figures that both sides share cannot flip anything.
    """
    if not table.feasible:
        return []
    found = [*_rivals(table), *_answer(table), *_excluded(table)]
    found.sort(key=lambda item: (item.distance, item.flip.text))
    return [item.flip for item in found[:SHOWN]]


def _rivals(table: Table) -> Iterator[_Candidate]:
    first = table.feasible[0]
    for rival in table.feasible[1:]:
        gap = table.values[first].middle - table.values[rival].middle
        for wish in table.profile.wishes:
            if not _shared(table, first, rival, wish):
                yield from _at(table, rival, wish, table.worths[rival, wish.criterion.id].middle + gap / wish.weight)


def _answer(table: Table) -> Iterator[_Candidate]:
    first = table.feasible[0]
    for wish in table.profile.wishes:
        column = wish.criterion.id
        gaps = [
            table.values[first].middle - table.values[rival].middle
            for rival in table.feasible[1:]
            if not _shared(table, first, rival, wish)
        ]
        if gaps and table.cell(first, column).value is not None:
            yield from _at(table, first, wish, table.worths[first, column].middle - min(gaps) / wish.weight)
    for must, state in zip(table.profile.musts, table.constraints[first], strict=True):
        now = table.cell(first, must.criterion.id).value
        if state.outcome == "pass" and now is not None and not must.criterion.levels:
            yield _limit(table, first, must, now, leaves=True)


def _excluded(table: Table) -> Iterator[_Candidate]:
    first = table.feasible[0]
    musts = {must.criterion.id: must for must in table.profile.musts}
    for stack in table.out:
        failed = table.failed(stack)
        if len(failed) == 1 and table.values[stack].middle > table.values[first].middle:
            must = musts[failed[0].criterion]
            now = table.cell(stack, must.criterion.id).value
            if now is not None:
                yield _limit(table, stack, must, now, leaves=False)


def _at(table: Table, stack: str, wish: Wish, needed_worth: float) -> Iterator[_Candidate]:
    """Yield the flip at which the worth of one cell becomes `needed_worth`, when any figure can have that worth."""
    criterion = wish.criterion
    cell, worth = table.cell(stack, criterion.id), table.worths[stack, criterion.id]
    improves = needed_worth >= worth.middle
    low, high = (0.0, 1.0) if worth.point is not None else (worth.low, worth.high)
    # At the very end of the scale the two would only be equal: nothing lies beyond it.
    beyond = needed_worth < high - ROUNDING if improves else needed_worth > low + ROUNDING
    if not low <= needed_worth <= high or not beyond or (worth.point is not None and cell.value is None):
        return
    needed = wish.value.inverse(needed_worth)
    if criterion.levels:
        up = improves == (wish.value.better == "higher")
        needed = float(math.ceil(needed - 1e-9) if up else math.floor(needed + 1e-9))
        if needed == cell.value or not 0 <= needed < len(criterion.levels):
            return
    now = cell.value if worth.point is not None else None
    below = improves == (wish.value.better == "lower")
    text = _text(table, stack, criterion.title, now, needed, wish, below=below)
    distance = abs(needed_worth - (wish.value.position(now) if now is not None else worth.middle))
    yield _Candidate(distance, _flip(table, stack, criterion.id, now, needed, criterion.unit, text))


def _limit(table: Table, stack: str, must: Must, now: float, *, leaves: bool) -> _Candidate:
    below = (must.kind == "at_most") != leaves
    text = _text(table, stack, must.criterion.title, now, must.limit, must, below=below)
    text += f", which {'breaks' if leaves else 'meets'} the requirement"
    wish = next((wish for wish in table.profile.wishes if wish.criterion.id == must.criterion.id), None)
    if wish is not None:
        distance = abs(wish.value.position(must.limit) - wish.value.position(now))
    else:
        distance = abs(math.log10(must.limit / now)) if must.limit > 0 and now > 0 else abs(must.limit - now)
    flip = _flip(table, stack, must.criterion.id, now, must.limit, must.criterion.unit, text)
    return _Candidate(distance, flip)


def _shared(table: Table, first: str, rival: str, wish: Wish) -> bool:
    return table.findings[first, wish.criterion.id].key == table.findings[rival, wish.criterion.id].key


def _flip(table: Table, stack: str, criterion: str, now: float | None, needed: float, unit: str, text: str) -> Flip:
    of = table.stacks[stack]
    return Flip(
        criterion=criterion, framework=of.framework, route=of.route, now=now, needed=needed, unit=unit, text=text
    )


def _text(
    table: Table, stack: str, title: str, now: float | None, needed: float, of: Wish | Must, *, below: bool
) -> str:
    criterion = of.criterion
    if criterion.levels:
        shown = f"'{criterion.levels[int(needed)]}'"
        current = f"'{criterion.levels[round(now)]}'" if now is not None else "unknown"
        return f"{title} were {shown} for {table.title(stack)} (now {current})"
    shown = amount(needed, criterion.unit, percent=criterion.percent)
    current = "unknown" if now is None else amount(now, criterion.unit, percent=criterion.percent)
    return f"{title} were {'below' if below else 'above'} {shown} for {table.title(stack)} (now {current})"
