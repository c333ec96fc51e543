"""Weight stability intervals against a bisection search, and flip points by scoring again on both sides of them."""

import math

import pytest
from hypothesis import assume, given, settings

from advisor.decision.flips import dominated, flips, joint_flips, stability
from advisor.decision.robustness import first_rank
from advisor.decision.sampling import draw
from advisor.decision.table import Table
from advisor.profiles.profile import Constraint, Profile, Wish
from tests.decision.tables import Interval, criterion, profile, table, tables, wish

Rows = dict[str, dict[str, Interval | None]]


def reweighted(needed: Profile, column: str, weight: float) -> Profile:
    """Give one criterion another weight; the others keep their proportions."""
    rest = sum(each.weight for each in needed.wishes if each.criterion.id != column)
    wishes = tuple(
        Wish(
            w.criterion, w.group, weight if w.criterion.id == column else w.weight * (1 - weight) / rest, w.value,
            w.floor_text, w.target_text, w.because,
        )
        for w in needed.wishes
    )  # fmt: skip
    return Profile(needed.name, needed.title, needed.question, None, wishes)


def lead(needed: Profile, rows: Rows, first: str) -> float:
    values = table(needed, rows).values
    return values[first].middle - max(value.middle for name, value in values.items() if name != first)


@settings(max_examples=60)
@given(tables())
def test_stability_equals_a_bisection_search(case: tuple[Profile, Rows]) -> None:
    needed, rows = case
    assume(len(needed.wishes) > 1)
    found = table(needed, rows)
    first = found.feasible[0]
    assume(lead(needed, rows, first) > 1e-6)
    for interval in stability(needed.wishes, found.worths, found.feasible):
        for end, beyond in ((interval.low, 0.0), (interval.high, 1.0)):
            holds, fails = interval.weight, beyond
            if lead(reweighted(needed, interval.criterion, beyond), rows, first) >= -1e-12:
                assert end == pytest.approx(beyond, abs=1e-6)
                continue
            for _ in range(60):
                middle = (holds + fails) / 2
                if lead(reweighted(needed, interval.criterion, middle), rows, first) >= 0:
                    holds = middle
                else:
                    fails = middle
            assert end == pytest.approx(holds, abs=1e-5)


def test_a_single_stack_is_stable_whatever_the_weights() -> None:
    needed = profile([wish(criterion("one"), 1, 0.0, 1.0), wish(criterion("two"), 1, 0.0, 1.0)])
    found = table(needed, {"a": {"one": (0.5,) * 3, "two": (0.5,) * 3}})
    assert {(each.low, each.high) for each in stability(needed.wishes, found.worths, found.feasible)} == {(0.0, 1.0)}


def moved(rows: Rows, stack: str, column: str, value: float) -> Rows:
    return {**rows, stack: {**rows[stack], column: (value, value, value)}}


def first_of(needed: Profile, rows: Rows) -> str:
    return table(needed, rows).feasible[0]


@settings(max_examples=60)
@given(tables())
def test_the_answer_changes_at_every_flip_point_and_not_before(case: tuple[Profile, Rows]) -> None:
    needed, rows = case
    found = table(needed, rows)
    answer = found.feasible[0]
    assume(lead(needed, rows, answer) > 1e-3)
    for flip in flips(found):
        now = flip.now
        if now is None:
            now = needed.wishes[[w.criterion.id for w in needed.wishes].index(flip.criterion)].value.inverse(0.5)
        step = 1e-4 * math.copysign(abs(flip.needed), flip.needed - now)
        assert first_of(needed, moved(rows, flip.framework, flip.criterion, flip.needed - step)) == answer, flip.text
        assert first_of(needed, moved(rows, flip.framework, flip.criterion, flip.needed + step)) != answer, flip.text


def levelled() -> tuple[Profile, Rows]:
    upkeep = criterion("upkeep", levels=("archived", "fixes only", "active"))
    speed = criterion("speed", "s", "lower")
    needed = profile([wish(upkeep, 1, 0, 2), wish(speed, 1, 0.1, 0.001)])
    rows: Rows = {
        "a": {"upkeep": (2.0, 2.0, 2.0), "speed": (0.02, 0.02, 0.02)},
        "b": {"upkeep": (0.0, 0.0, 0.0), "speed": (0.01, 0.01, 0.01)},
    }
    return needed, rows


def test_levels_flip_at_whole_levels() -> None:
    needed, rows = levelled()
    found = flips(table(needed, rows))
    named = {flip.text for flip in found if flip.criterion == "upkeep"}
    assert named == {"'Upkeep' were 'active' for b (now 'archived')", "'Upkeep' were 'archived' for a (now 'active')"}
    for flip in found:
        if flip.criterion == "upkeep":
            assert first_of(needed, moved(rows, flip.framework, "upkeep", flip.needed)) == "b"


def limited(limit: float) -> tuple[Profile, Rows]:
    size, speed = criterion("size", "B", "lower"), criterion("speed", "s", "lower")
    constraint = Constraint(size, "at_most", limit, f"{limit:g} B", "a test")
    needed = profile([wish(speed, 1, 0.1, 0.001)], [constraint])
    rows: Rows = {
        "a": {"size": (50.0, 50.0, 50.0), "speed": (0.01, 0.01, 0.01)},
        "b": {"size": (200.0, 200.0, 200.0), "speed": (0.005, 0.005, 0.005)},
    }
    return needed, rows


def test_a_stack_that_is_out_and_would_be_first_flips_at_its_limit() -> None:
    needed, rows = limited(100.0)
    found = {(flip.framework, flip.criterion): flip for flip in flips(table(needed, rows))}
    assert found["b", "size"].needed == 100.0
    assert found["b", "size"].text == "'Size' were below 100 B for b (now 200 B), which meets the constraint"
    assert first_of(needed, moved(rows, "b", "size", 100.0)) == "b"


def test_the_answer_flips_where_it_breaks_a_constraint() -> None:
    needed, rows = limited(100.0)
    found = {(flip.framework, flip.criterion): flip for flip in flips(table(needed, rows))}
    assert found["a", "size"].needed == 100.0
    assert "a" not in table(needed, moved(rows, "a", "size", 100.1)).feasible


def test_nothing_flips_when_no_stack_is_feasible() -> None:
    needed, rows = limited(10.0)
    found: Table = table(needed, rows)
    assert flips(found) == []


@settings(max_examples=60)
@given(tables(gaps=False))
def test_a_joint_flip_overtakes_and_none_of_its_parts_does(case: tuple[Profile, Rows]) -> None:
    needed, rows = case
    found = table(needed, rows)
    answer = found.feasible[0]
    assume(lead(needed, rows, answer) > 1e-3)
    for flip in joint_flips(found):
        targets = {name: needed.wishes[i].value.target for i, name in enumerate(needed.criteria)}
        lifted = rows
        for number, name in enumerate(flip.criteria, start=1):
            lifted = moved(lifted, flip.framework, name, targets[name])
            values = table(needed, lifted).values
            ahead = values[flip.framework].middle > values[answer].middle
            assert ahead == (number == len(flip.criteria))


def test_a_rival_that_one_figure_could_lift_needs_no_joint_flip() -> None:
    needed, rows = levelled()
    assert joint_flips(table(needed, rows)) == []


def test_two_figures_together_when_one_is_not_enough() -> None:
    needed = profile([wish(criterion(name), 1, 0.0, 1.0) for name in ("x", "y", "z")])
    rows: Rows = {
        "a": dict.fromkeys("xyz", (0.9, 0.9, 0.9)),
        "b": {"x": (0.1, 0.1, 0.1), "y": (0.2, 0.2, 0.2), "z": (1.0, 1.0, 1.0)},
    }
    (flip,) = joint_flips(table(needed, rows))
    assert flip.criteria == ("x", "y")
    assert flip.text == "'X' and 'Y' both reached their targets for b"


def test_dominated_is_worth_no_more_on_any_criterion_whatever_is_unknown() -> None:
    needed = profile([wish(criterion(name), 1, 0.0, 1.0) for name in ("x", "y")])
    rows: Rows = {
        "a": {"x": (0.9, 0.8, 1.0), "y": (0.5, 0.5, 0.5)},
        "b": {"x": (0.7, 0.6, 0.8), "y": (0.5, 0.5, 0.5)},
        "c": {"x": (0.7, 0.6, 0.9), "y": (0.5, 0.5, 0.5)},
        "d": {"x": (0.1, 0.1, 0.1), "y": None},
        "e": {"x": (0.9, 0.8, 1.0), "y": (0.4, 0.4, 0.4)},
    }
    found = table(needed, rows)
    assert {name: dominated(found, name) for name in rows} == {
        "a": False, "b": False, "c": False, "d": False, "e": False,
    }  # fmt: skip
    rows |= {"b": {"x": (0.7, 0.6, 0.8), "y": (0.4, 0.4, 0.4)}, "e": {"x": (0.5, 0.5, 0.5), "y": (0.5, 0.5, 0.5)}}
    found = table(needed, rows)
    assert {name for name in rows if dominated(found, name)} == {"b", "e"}


@settings(max_examples=60)
@given(tables())
def test_what_is_dominated_comes_first_only_beyond_its_interval(case: tuple[Profile, Rows]) -> None:
    """Dominance speaks of the 95 % intervals; of the samples, one in twenty of a figure lies beyond its interval."""
    needed, rows = case
    found = table(needed, rows)
    beyond = 0.05 * 2 * len(needed.wishes)
    for name, share in firsts(found).items():
        assert not (dominated(found, name) and share > beyond + 0.05)


@settings(max_examples=60)
@given(tables())
def test_what_is_dominated_never_comes_first_where_figures_are_exact(case: tuple[Profile, Rows]) -> None:
    needed, rows = case
    exact = {
        name: {column: cell and (round(cell[0], 3),) * 3 for column, cell in cells.items()}
        for name, cells in rows.items()
    }
    found = table(needed, exact)
    for name, share in firsts(found).items():
        assert not (dominated(found, name) and share > 0)


def firsts(found: Table) -> dict[str, float]:
    drawn = draw(
        found.feasible, found.profile.wishes, found.findings, found.worths, samples=1000, seed=0, weightings=("any",)
    )
    return dict(zip(found.feasible, map(float, first_rank(drawn.by["any"])), strict=True))
