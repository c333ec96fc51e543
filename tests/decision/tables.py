"""Small invented performance tables for the engine's properties, built by hand or drawn by hypothesis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from advisor.criteria import Criterion, Unit
from advisor.decision.evidence import Finding
from advisor.decision.recommendation import Cell
from advisor.decision.table import Table, build
from advisor.keys import Stack
from advisor.profiles.profile import Constraint, Profile, Wish
from advisor.profiles.value import ValueFunction

Interval = tuple[float, float, float]
"""Value, low, high."""


def criterion(name: str, unit: Unit = "", better: str = "higher", levels: Sequence[str] = ()) -> Criterion:
    return Criterion.model_validate(
        {
            "id": name, "title": name.capitalize(), "question": f"How much {name}?", "why": "It matters.",
            "wins": f"has the better {name}", "unit": unit, "levels": tuple(levels), "measures": name,
            "stage": "training",
            "better": "higher" if levels else better,
            "evidence": [{"measured": {"probe": name, "metric": name}}],
        }
    )  # fmt: skip


def wish(of: Criterion, weight: float, floor: float, target: float) -> Wish:
    return Wish(of, "all", weight, ValueFunction(floor, target, of.unit), f"{floor}", f"{target}", "a test")


def profile(wishes: Sequence[Wish], constraints: Sequence[Constraint] = ()) -> Profile:
    total = sum(each.weight for each in wishes)
    normalised = tuple(
        Wish(w.criterion, w.group, w.weight / total, w.value, w.floor_text, w.target_text, w.because) for w in wishes
    )
    return Profile("invented", "Invented", "Which?", None, normalised, tuple(constraints))


def finding(stack: str, of: Criterion, known: Interval | None, key: str | None = None) -> Finding:
    """Return a measured cell, or a missing one for None; cells with one `key` rest on one observation."""
    value, low, high = known or (None, None, None)
    cell = Cell(
        framework=stack, criterion=of.id, unit=of.unit, value=value, low=low, high=high, n=1,
        level=of.levels[round(value)] if of.levels and value is not None else None,
        outcome="measured" if known else "not_run", provenance="measured here" if known else "missing",
        text=str(value),
    )  # fmt: skip
    return Finding(cell, key or f"{of.id}|{stack}", of.id, of.id if known else None)


def table(needed: Profile, rows: Mapping[str, Mapping[str, Interval | None]]) -> Table:
    """Return the scored table of `rows` (stack → criterion → interval)."""
    findings = {
        (stack, name): finding(stack, needed.criteria[name], known)
        for stack, row in rows.items()
        for name, known in row.items()
    }
    return build(needed, [Stack(framework=stack) for stack in rows], {}, findings)


@st.composite
def profiles(draw: st.DrawFn, least: int = 1, most: int = 5) -> Profile:
    """Draw a profile over criteria of every unit and direction."""
    wishes = []
    for index in range(draw(st.integers(least, most))):
        unit: Unit = draw(st.sampled_from(["s", "B", "1/s", ""]))
        better = draw(st.sampled_from(["lower", "higher"]))
        worse, good = draw(st.tuples(st.floats(1.0, 10.0), st.floats(20.0, 100.0)))
        floor, target = (worse, good) if better == "higher" else (good, worse)
        weight = draw(st.floats(0.05, 1.0))
        wishes.append(wish(criterion(f"c{index}", unit, better), weight, floor, target))
    return profile(wishes)


def intervals() -> st.SearchStrategy[Interval]:
    """Draw a figure with its interval, around the anchors of `profiles` and beyond them."""
    shares = st.floats(0.0, 0.5)
    return st.tuples(st.floats(0.5, 200.0), shares, shares).map(lambda t: (t[0], t[0] * (1 - t[1]), t[0] * (1 + t[2])))


@st.composite
def tables(
    draw: st.DrawFn, stacks: int = 4, gaps: bool = True
) -> tuple[Profile, dict[str, dict[str, Interval | None]]]:
    """Draw a profile and 2 to `stacks` rows; some cells are missing when `gaps`."""
    needed = draw(profiles())
    cell = st.none() | intervals() if gaps else intervals()
    names = [f"s{index}" for index in range(draw(st.integers(2, stacks)))]
    return needed, {name: {each: draw(cell) for each in needed.criteria} for name in names}
