"""The five words of the verdict."""

from dataclasses import replace

import pytest

from advisor.decision.robustness import rank_acceptability
from advisor.decision.sampling import draw
from advisor.decision.verdict import Judgement, judge, without
from advisor.profiles.profile import Constraint, Profile
from advisor.profiles.team import Team
from tests.decision.tables import Interval, criterion, profile, table, wish

Rows = dict[str, dict[str, Interval | None]]
SIZE = criterion("size", "B", "lower")


def judged(needed: Profile, rows: Rows) -> Judgement:
    found = table(needed, rows)
    if not found.feasible:
        return judge(found, {})
    drawn = draw(found.feasible, needed.wishes, found.findings, found.worths, samples=4000, seed=0)
    shares = rank_acceptability(drawn.values)[:, 0]
    return judge(found, dict(zip(found.feasible, map(float, shares), strict=True)))


def needs(*names: str, limit: float | None = None) -> Profile:
    constraints = [] if limit is None else [Constraint(SIZE, "at_most", limit, f"{limit:g} B", "a test")]
    return profile([wish(criterion(name), 1, 0.0, 1.0) for name in names], constraints)


def exact(*values: float | None, names: str = "xyzuvw") -> dict[str, Interval | None]:
    return {name: None if value is None else (value, value, value) for name, value in zip(names, values, strict=False)}


def test_recommended_is_first_in_nearly_every_world() -> None:
    found = judged(needs("x", "y"), {"a": exact(0.8, 0.8), "b": exact(0.5, 0.6)})
    assert (found.verdict, found.answer, found.conditions) == ("recommended", "a", ())


def test_lean_is_first_more_often_than_not() -> None:
    found = judged(needs("x", "y"), {"a": exact(0.9, 0.3), "b": exact(0.4, 0.7)})
    assert (found.verdict, found.answer) == ("lean", "a")


def test_a_tie_is_a_difference_that_does_not_matter() -> None:
    found = judged(needs("x", "y"), {"a": exact(0.51, 0.5), "b": exact(0.5, 0.51), "c": exact(0.2, 0.2)})
    assert found.verdict == "tie"
    assert found.tied[0] == found.answer
    assert set(found.tied) == {"a", "b"}
    three = judged(needs("x", "y"), {name: exact(0.5, 0.5) for name in "abc"})
    assert (three.verdict, three.tied) == ("tie", ("a", "b", "c"))


def test_a_leader_that_is_not_first_most_often_ties_with_the_one_that_is() -> None:
    # Whatever is uncertain of a is uncertain downwards: its figures lead, but in most worlds it does not.
    rows: Rows = {"a": dict.fromkeys("xyz", (0.5, 0.1, 0.5)), "b": exact(0.47, 0.47, 0.47)}
    found = judged(needs("x", "y", "z"), rows)
    assert (found.verdict, found.answer, found.tied) == ("tie", "a", ("a", "b"))


def test_what_is_close_only_for_lack_of_evidence_is_no_tie() -> None:
    found = judged(needs("x", "y", "z"), {"a": exact(0.5, 0.5, None), "b": exact(0.5, None, 0.5)})
    assert found.verdict != "tie"


def test_a_lead_that_does_not_matter_is_a_tie_however_sure_it_is() -> None:
    found = judged(needs("x", "y"), {"a": exact(0.51, 0.51), "b": exact(0.5, 0.5)})
    assert found.verdict == "tie"
    assert found.answer == "a"


def test_no_recommendation_is_carried_by_one_criterion_and_the_condition_names_it() -> None:
    carried = judged(needs("x", "y", "z"), {"a": exact(0.9, 0.5, 0.5), "b": exact(0.5, 0.5, 0.49)})
    assert carried.verdict == "lean"
    assert carried.conditions == ("'X' counts as much as stated: without it, b would be as good",)
    turned = judged(needs("x", "y", "z"), {"a": exact(0.9, 0.5, 0.5), "b": exact(0.5, 0.6, 0.6)})
    assert turned.conditions == ("'X' counts as much as stated: without it, b would lead",)
    shared = judged(needs("x", "y", "z"), {"a": exact(0.9, 0.9, 0.5), "b": exact(0.5, 0.5, 0.5)})
    assert shared.verdict == "recommended"


def test_leaving_a_criterion_out_is_the_answer_of_the_profile_without_it() -> None:
    rows = {"a": exact(0.9, 0.25, 0.45), "b": exact(0.5, 0.6, 0.6)}
    for each in without(table(needs("x", "y", "z"), rows)):
        kept = [name for name in "xyz" if name != each.criterion]
        of = {name: {key: row[key] for key in kept} for name, row in rows.items()}
        other = table(needs(*kept), of)
        assert each.first == other.feasible[0]
        assert each.lead == pytest.approx(other.values[each.first].middle - other.values[each.second].middle)


def test_undetermined_when_most_of_the_leader_is_unknown() -> None:
    found = judged(needs("x", "y", "z"), {"a": exact(1.0, None, None), "b": exact(0.1, 0.1, 0.1)})
    assert (found.verdict, found.answer) == ("undetermined", None)


def test_undetermined_when_what_is_unknown_keeps_the_leader_below_half() -> None:
    rows = {"a": exact(0.6, 0.6, 0.6), "b": exact(0.7, None, 0.5), "c": exact(0.5, 0.6, None)}
    found = judged(needs("x", "y", "z"), rows)
    assert found.verdict == "undetermined"


def test_a_rival_of_which_little_is_known_makes_it_a_condition() -> None:
    found = judged(needs("x", "y", "z"), {"a": exact(0.8, 0.8, 0.8), "b": exact(0.5, None, None)})
    assert (found.verdict, found.answer) == ("lean", "a")
    assert found.conditions == ("b would not do better (most of the evidence is missing there)",)


def test_a_rival_that_could_not_overtake_makes_no_condition() -> None:
    found = judged(needs("x", "y", "z"), {"a": exact(1.0, 1.0, 1.0), "b": exact(0.0, None, None)})
    assert found.verdict == "recommended"


def test_an_unknown_constraint_is_a_condition() -> None:
    rows: Rows = {"a": {**exact(0.9), "size": None}, "b": {**exact(0.1), "size": (50.0, 50.0, 50.0)}}
    found = judged(needs("x", limit=100.0), rows)
    assert (found.verdict, found.answer) == ("lean", "a")
    assert found.conditions == ("Size at most 100 B (not run)",)


def test_a_constraint_that_a_rival_does_not_meet_or_may_not_meet_is_no_condition() -> None:
    rows: Rows = {
        "a": {**exact(0.9), "size": (50.0, 50.0, 50.0)},
        "b": {**exact(0.1), "size": None},
        "c": {**exact(1.0), "size": (500.0, 500.0, 500.0)},
    }
    found = judged(needs("x", limit=100.0), rows)
    assert (found.verdict, found.answer, found.conditions) == ("recommended", "a", ())


def test_infeasible_when_every_stack_fails() -> None:
    rows: Rows = {name: {**exact(0.9), "size": (500.0, 500.0, 500.0)} for name in "ab"}
    assert judged(needs("x", limit=100.0), rows) == Judgement("infeasible")


@pytest.mark.parametrize("known", [0.2, 0.9])
def test_a_single_stack_is_never_recommended(known: float) -> None:
    assert judged(needs("x"), {"a": exact(known)}).verdict == "lean"


@pytest.mark.parametrize("knows", ["a", "b", "c"])
def test_what_the_team_knows_decides_a_tie(knows: str) -> None:
    needed = replace(needs("x", "y"), team=Team(knows, 3, 0, 0.1))
    found = judged(needed, {name: exact(0.5, 0.5) for name in "abc"})
    assert (found.verdict, found.answer) == ("tie", knows)
    assert set(found.tied) == {"a", "b", "c"}


def test_the_conditions_of_a_tie_are_those_of_the_one_that_is_named() -> None:
    rows: Rows = {"a": {**exact(0.5), "size": (50.0, 50.0, 50.0)}, "b": {**exact(0.5), "size": None}}
    open_ = ("Size at most 100 B (not run)",)
    for knows, conditions in (("a", ()), ("b", open_)):
        found = judged(replace(needs("x", limit=100.0), team=Team(knows, 3, 0, 0.1)), rows)
        assert (found.verdict, found.answer, found.conditions) == ("tie", knows, conditions)


def test_what_too_little_is_known_of_is_a_condition_of_a_tie_too() -> None:
    rows: Rows = {"a": exact(0.5, 0.5, 0.5), "b": exact(0.5, 0.5, 0.5), "c": exact(0.4, None, None)}
    found = judged(needs("x", "y", "z"), rows)
    assert (found.verdict, found.answer) == ("tie", "a")
    assert found.conditions == ("c would not do better (most of the evidence is missing there)",)
