"""Flip points in words, and which are the nearest; that they flip is tested by scoring again (`test_stability`)."""

from __future__ import annotations

import pytest

from advisor.decision.flips import SHOWN, flips, joint_flips
from advisor.decision.recommendation import Flip
from advisor.decision.table import build
from advisor.keys import Stack
from advisor.profiles.profile import Constraint, Limit, Wish
from tests.decision.tables import Interval, criterion, finding, profile, table, wish

SIZE, SPEED, SHARE = criterion("size", "B", "lower"), criterion("speed", "s", "lower"), criterion("share")
SHARE = SHARE.model_copy(update={"percent": True})
Rows = dict[str, dict[str, Interval | None]]


def exactly(value: float) -> Interval:
    return (value, value, value)


def told(wishes: list[Wish], rows: Rows, constraints: list[Constraint] | None = None) -> list[Flip]:
    return flips(table(profile(wishes, constraints or []), rows))


def test_a_share_is_told_in_percent_from_both_sides() -> None:
    rows: Rows = {"a": {"share": exactly(0.8)}, "b": {"share": exactly(0.6)}}
    assert [flip.text for flip in told([wish(SHARE, 1, 0.0, 1.0)], rows)] == [
        "'Share' were above 80 % for b (now 60 %)", "'Share' were below 60 % for a (now 80 %)",
    ]  # fmt: skip


def test_what_is_lower_when_better_flips_the_other_way() -> None:
    rows: Rows = {"a": {"speed": exactly(0.01)}, "b": {"speed": exactly(0.02)}}
    assert [flip.text for flip in told([wish(SPEED, 1, 0.1, 0.001)], rows)] == [
        "'Speed' were above 20 ms for a (now 10 ms)", "'Speed' were below 10 ms for b (now 20 ms)",
    ]  # fmt: skip


def test_what_nobody_knows_has_no_figure_now() -> None:
    wishes = [wish(SHARE, 1, 0.0, 1.0), wish(criterion("upkeep", levels=("none", "some", "full")), 1, 0, 2)]
    known: dict[str, Interval | None] = {"share": exactly(0.8), "upkeep": exactly(1.0)}
    rows: Rows = {"a": known, "b": {"share": None, "upkeep": exactly(1.0)}}
    assert [(flip.text, flip.now) for flip in told(wishes, rows) if flip.framework == "b"] == [
        ("'Share' were above 80 % for b (now unknown)", None), ("'Upkeep' were 'full' for b (now 'some')", 1.0),
    ]  # fmt: skip
    rows = {"a": known, "b": {"share": exactly(0.7), "upkeep": None}}
    unknown = [flip.text for flip in told(wishes, rows) if flip.framework == "b" and flip.criterion == "upkeep"]
    assert unknown == ["'Upkeep' were 'full' for b (now unknown)"]


def test_a_flip_names_the_whole_stack() -> None:
    needed, stacks = profile([wish(SHARE, 1, 0.0, 1.0)]), [Stack(framework="a", route="x"), Stack(framework="b")]
    findings = {
        ("a→x", "share"): finding("a→x", SHARE, exactly(0.5)), ("b", "share"): finding("b", SHARE, exactly(0.6)),
    }  # fmt: skip
    named = {(flip.framework, flip.route, flip.unit) for flip in flips(build(needed, stacks, {}, findings))}
    assert named == {("a", "x", ""), ("b", None, "")}


@pytest.mark.parametrize(
    ("kind", "limit", "now", "text"),
    [
        ("at_most", 100.0, 50.0, "'Size' were above 100 B for a (now 50 B), which breaks the constraint"),
        ("at_least", 20.0, 50.0, "'Size' were below 20 B for a (now 50 B), which breaks the constraint"),
        ("at_most", 20.0, 50.0, "'Size' were below 20 B for a (now 50 B), which meets the constraint"),
        ("at_least", 100.0, 50.0, "'Size' were above 100 B for a (now 50 B), which meets the constraint"),
    ],
)
def test_a_constraint_is_broken_or_met_at_its_limit(kind: Limit, limit: float, now: float, text: str) -> None:
    wishes, constraint = [wish(SPEED, 1, 0.1, 0.001)], Constraint(SIZE, kind, limit, f"{limit:g} B", "a test")
    inside = limit if text.endswith("meets the constraint") else now
    rows: Rows = {
        "a": {"size": exactly(now), "speed": exactly(0.005)}, "b": {"size": exactly(inside), "speed": exactly(0.01)},
    }  # fmt: skip
    (found,) = [flip for flip in told(wishes, rows, [constraint]) if flip.framework == "a" and flip.criterion == "size"]
    assert (found.text, found.now, found.needed, found.unit) == (text, now, limit, "B")


def test_a_limit_is_as_far_as_its_way_on_the_axis_of_the_criterion() -> None:
    """Beside the flips of speed, which are half an axis away, the limit's place tells how far it was taken to be."""
    rows: Rows = {
        "a": {"size": exactly(50.0), "speed": exactly(0.005)}, "b": {"size": exactly(50.0), "speed": exactly(0.05)},
    }  # fmt: skip
    alone = [wish(SPEED, 1, 0.1, 0.001)]

    def order(wishes: list[Wish], limit: float, rows: Rows = rows) -> list[str]:
        constraint = Constraint(SIZE, "at_most", limit, f"{limit:g} B", "a test")
        return [flip.criterion for flip in told(wishes, rows, [constraint])]

    # Without a worth, powers of ten are counted: 100 B are 0.3 away from 50 B, 200 B are 0.6.
    assert order(alone, 100.0) == ["size", "speed", "speed"]
    assert order(alone, 200.0) == ["speed", "speed", "size"]
    # With one, the part of the way from floor to target: from 50 B to 200 B it is 0.3 of 1 kB to 10 B.
    both = [*alone, wish(SIZE, 0.001, 1000.0, 10.0)]
    assert order(both, 200.0) == ["size", "speed", "speed"]
    assert order(both, 400.0) == ["size", "speed", "speed"]
    assert order([*alone, wish(SIZE, 0.001, 100.0, 10.0)], 200.0) == ["speed", "speed", "size"]


@pytest.mark.parametrize(("now", "limit", "first"), [(0.0, 0.4, True), (0.0, 0.6, False), (0.9, 0.0, False)])
def test_where_no_power_of_ten_leads_to_a_limit_the_difference_counts(now: float, limit: float, first: bool) -> None:
    kind: Limit = "at_most" if limit > now else "at_least"
    constraint = Constraint(SHARE, kind, limit, f"{limit:g}", "a test")
    rows: Rows = {name: {"share": exactly(now), "speed": exactly(t)} for name, t in (("a", 0.005), ("b", 0.05))}
    found = told([wish(SPEED, 1, 0.1, 0.001)], rows, [constraint])
    assert (found[0].criterion == "share") == first


def test_the_nearest_are_shown_and_no_more() -> None:
    names = [f"c{number}" for number in range(2 * SHOWN)]
    wishes = [wish(criterion(name), 1, 0.0, 1.0) for name in names]
    better = {name: exactly(0.52) for name in names}
    worse: dict[str, Interval | None] = {name: exactly(0.5) for name in names}
    rows: Rows = {"a": {**better}, "b": {**worse, "c0": exactly(0.519), "c1": exactly(0.53)}}
    found = told(wishes, rows)
    assert len(found) == SHOWN
    gap = 0.02 * (len(names) - 2) + 0.001 - 0.01
    assert [flip.needed for flip in found if flip.framework == "b"] == pytest.approx(
        [(rows["b"][flip.criterion] or (0.0,))[0] + gap for flip in found if flip.framework == "b"]
    )


def test_a_rival_that_all_together_could_not_lift_has_no_joint_flip() -> None:
    wishes = [wish(criterion(name), 1, 0.0, 1.0) for name in ("x", "y")]
    rows: Rows = {"a": dict.fromkeys("xy", exactly(1.0)), "b": dict.fromkeys("xy", exactly(0.1))}
    assert joint_flips(table(profile(wishes), rows)) == []


def test_a_joint_flip_names_the_whole_stack() -> None:
    wishes = [wish(criterion(name), 1, 0.0, 1.0) for name in ("x", "y", "z")]
    needed = profile(wishes)
    stacks = [Stack(framework="a", route="r"), Stack(framework="b", route="s")]
    findings = {
        (f"{name}→{route}", each): finding(name, needed.criteria[each], exactly(value))
        for name, route, value in (("a", "r", 0.9), ("b", "s", 0.5))
        for each in "xyz"
    }
    (found,) = joint_flips(build(needed, stacks, {"b": "Bob", "s": "Ship"}, findings))
    assert (found.framework, found.route, found.criteria) == ("b", "s", ("x", "y", "z"))
    assert found.text == "'X', 'Y', and 'Z' all reached their targets for Bob → Ship"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (2, "'C0' and 'C1' both reached their targets for b"),
        (4, "'C0', 'C1', 'C2', and 'C3' all reached their targets for b"),
        (5, "'C0', 'C1', 'C2', and 2 further criteria all reached their targets for b"),
    ],
)
def test_of_many_that_lift_a_rival_together_the_first_are_named_and_all_are_listed(count: int, said: str) -> None:
    names = [f"c{number}" for number in range(count)]
    wishes = [wish(criterion(name), 1, 0.0, 1.0) for name in names]
    rows: Rows = {"a": dict.fromkeys(names, exactly(0.99)), "b": dict.fromkeys(names, exactly(0.0))}
    (found,) = joint_flips(table(profile(wishes), rows))
    assert found.criteria == tuple(names)
    assert found.text == said
