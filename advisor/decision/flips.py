"""What would change the answer: intervals of weights, and flip points in raw units, all else unchanged."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from advisor.decision.phrases import amount, figure, listed
from advisor.decision.recommendation import Flip, JointFlip, Stability
from advisor.decision.table import Table, Worth
from advisor.profiles.profile import Constraint, Wish

ROUNDING = 1e-9
"""Differences in worth below this are rounding."""


def stability(
    wishes: Sequence[Wish], worths: Mapping[tuple[str, str], Worth], stacks: Sequence[str]
) -> list[Stability]:
    """Return for each criterion the interval of its weight in which the first of `stacks` stays first.

    The other weights keep their proportions. V_i(w) = w·v_i + (1 − w)·R_i is linear in the weight w (R_i: the value
    over the other criteria), so every rival gives one linear inequality and the interval is closed.
    """
    intervals = []
    for wish in wishes:
        column = wish.criterion.id
        low, high = 0.0, 1.0
        for rival in stacks[1:]:
            own = worths[stacks[0], column].middle - worths[rival, column].middle
            rest = _rest(wishes, worths, stacks[0], column) - _rest(wishes, worths, rival, column)
            # First while w·own + (1 − w)·rest ≥ 0.
            if abs(own - rest) <= ROUNDING:
                continue
            crossing = -rest / (own - rest)
            if own > rest:
                low = max(low, crossing)
            else:
                high = min(high, crossing)
        low, high = min(low, wish.weight), max(high, wish.weight)
        intervals.append(Stability(criterion=column, weight=wish.weight, low=max(low, 0.0), high=min(high, 1.0)))
    return intervals


def _rest(wishes: Sequence[Wish], worths: Mapping[tuple[str, str], Worth], stack: str, column: str) -> float:
    """Return the value of `stack` over the other criteria, their weights scaled up to 1."""
    others = [wish for wish in wishes if wish.criterion.id != column]
    weight = fsum(wish.weight for wish in others)
    return fsum(wish.weight * worths[stack, wish.criterion.id].middle for wish in others) / weight if others else 0.0


SHOWN = 12
"""How many flip points a Recommendation holds at most."""
NAMED = 4
"""How many criteria the sentence of a joint flip names at most; its list has all of them."""


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


def joint_flips(table: Table) -> list[JointFlip]:
    """Return for each rival that no single figure could lift to the first place the fewest that together could.

    Each figure may rise to its target, which is all that it can be worth; the ones with the most to gain are taken
    first, so that no smaller set would do. A rival that not even all of them could lift is left out.
    """
    found = []
    for rival in table.feasible[1:]:
        gap = table.values[table.feasible[0]].middle - table.values[rival].middle
        gains = sorted(
            (
                (wish.weight * (1.0 - table.worths[rival, wish.criterion.id].middle), wish)
                for wish in table.profile.wishes
                if not _shared(table, table.feasible[0], rival, wish)
            ),
            key=lambda item: (-item[0], item[1].criterion.id),
        )
        chosen: list[Wish] = []
        for gain, wish in gains:
            if gap <= ROUNDING:
                break
            chosen.append(wish)
            gap -= gain
        # At a gap of zero the two would only be equal.
        if len(chosen) > 1 and gap < -ROUNDING:
            of = table.stacks[rival]
            names = listed(_some([f"'{wish.criterion.title}'" for wish in chosen]))
            text = f"{names} {'both' if len(chosen) == 2 else 'all'} reached their targets for {table.title(rival)}"
            criteria = tuple(wish.criterion.id for wish in chosen)
            found.append(JointFlip(framework=of.framework, route=of.route, criteria=criteria, text=text))
    return found[:SHOWN]


def _some(names: list[str]) -> list[str]:
    """Return the names, of many the first few and how many more: nobody reads a dozen in a sentence."""
    return names if len(names) <= NAMED else [*names[: NAMED - 1], f"{len(names) - NAMED + 1} further criteria"]


def dominated(table: Table, stack: str) -> bool:
    """Return whether the first of the ranking is worth at least as much as `stack` on every criterion, and more on one.

    Whatever is unknown: only the bounds count, and what both share is equal.
    """
    if not table.feasible or stack == table.feasible[0]:
        return False
    first, more = table.feasible[0], False
    for wish in table.profile.wishes:
        if _shared(table, first, stack, wish):
            continue
        mine, theirs = table.worths[first, wish.criterion.id], table.worths[stack, wish.criterion.id]
        if mine.low < theirs.high:
            return False
        more = more or mine.low > theirs.high
    return more


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
    for constraint, state in zip(table.profile.constraints, table.constraints[first], strict=True):
        now = table.cell(first, constraint.criterion.id).value
        if state.outcome == "pass" and now is not None and not constraint.criterion.levels:
            yield _limit(table, first, constraint, now, leaves=True)


def _excluded(table: Table) -> Iterator[_Candidate]:
    first = table.feasible[0]
    constraints = {constraint.criterion.id: constraint for constraint in table.profile.constraints}
    for stack in table.out:
        failed = table.failed(stack)
        if len(failed) == 1 and table.values[stack].middle > table.values[first].middle:
            constraint = constraints[failed[0].criterion]
            now = table.cell(stack, constraint.criterion.id).value
            if now is not None:
                yield _limit(table, stack, constraint, now, leaves=False)


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


def _limit(table: Table, stack: str, constraint: Constraint, now: float, *, leaves: bool) -> _Candidate:
    below = (constraint.kind == "at_most") != leaves
    text = _text(table, stack, constraint.criterion.title, now, constraint.limit, constraint, below=below)
    text += f", which {'breaks' if leaves else 'meets'} the constraint"
    wish = next((wish for wish in table.profile.wishes if wish.criterion.id == constraint.criterion.id), None)
    if wish is not None:
        distance = abs(wish.value.position(constraint.limit) - wish.value.position(now))
    else:
        limit = constraint.limit
        distance = abs(math.log10(limit / now)) if limit > 0 and now > 0 else abs(limit - now)
    flip = _flip(table, stack, constraint.criterion.id, now, constraint.limit, constraint.criterion.unit, text)
    return _Candidate(distance, flip)


def _shared(table: Table, first: str, rival: str, wish: Wish) -> bool:
    return table.findings[first, wish.criterion.id].key == table.findings[rival, wish.criterion.id].key


def _flip(table: Table, stack: str, criterion: str, now: float | None, needed: float, unit: str, text: str) -> Flip:
    of = table.stacks[stack]
    return Flip(
        criterion=criterion, framework=of.framework, route=of.route, now=now, needed=needed, unit=unit, text=text
    )


def _text(
    table: Table, stack: str, title: str, now: float | None, needed: float, of: Wish | Constraint, *, below: bool
) -> str:
    criterion = of.criterion
    title = f"'{title}'"
    if criterion.levels:
        shown = f"'{criterion.levels[int(needed)]}'"
        current = f"'{criterion.levels[round(now)]}'" if now is not None else "unknown"
        return f"{title} were {shown} for {table.title(stack)} (now {current})"
    shown = amount(needed, criterion.unit, percent=criterion.percent)
    shown += f" {criterion.counted}" if criterion.counted and not criterion.unit else ""
    current = "unknown" if now is None else figure(table.cell(stack, criterion.id), percent=criterion.percent)
    return f"{title} were {'below' if below else 'above'} {shown} for {table.title(stack)} (now {current})"
