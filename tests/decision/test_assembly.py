"""A Recommendation holds what each part of the engine says of the table; none of it is lost on the way."""

from __future__ import annotations

import math

import pytest

from advisor.decision.engine import assemble, decide
from advisor.decision.flips import dominated, flips, joint_flips, stability
from advisor.decision.robustness import Robustness, robustness
from advisor.decision.table import Table
from advisor.knowledge.catalog import load_catalog
from advisor.profiles.profile import Constraint, Profile, load_profile
from tests.decision.tables import Interval, criterion, profile, table, wish
from tests.samples import sample_run

SEED, SAMPLES = 5, 400
SAMPLE = sample_run()
RUN = SAMPLE.model_copy(update={"frameworks": dict.fromkeys("abcdef", SAMPLE.frameworks["pytorch"])})
Rows = dict[str, dict[str, Interval | None]]


def needs(limit: float | None = None) -> Profile:
    wishes = [wish(criterion(name), weight, 0.0, 1.0) for name, weight in (("x", 3), ("y", 2), ("z", 1))]
    constraint = Constraint(criterion("x"), "at_least", limit or 0.0, f"{limit}", "a test")
    return profile(wishes, [constraint] if limit else [])


def rows() -> Rows:
    """Two that are near each other, one that is behind in everything, one that fails a limit of 0.3 on x."""
    given = {"a": (0.7, 0.5, 0.2), "b": (0.5, 0.6, 0.6), "c": (0.31, 0.05, 0.05), "d": (0.1, 0.9, 0.9)}
    return {
        name: {each: (value, value - 0.05, value + 0.05) for each, value in zip("xyz", values, strict=True)}
        for name, values in given.items()
    }


@pytest.fixture(scope="module")
def found() -> Table:
    return table(needs(0.3), rows())


@pytest.fixture(scope="module")
def sure(found: Table) -> Robustness:
    return robustness(found, seed=SEED, samples=SAMPLES)


def test_what_would_change_the_answer_is_carried(found: Table) -> None:
    told = assemble(found, RUN, load_catalog(), seed=SEED, samples=SAMPLES)
    assert told.flips == tuple(flips(found)) != ()
    assert told.joint_flips == tuple(joint_flips(found)) != ()
    assert told.stability == tuple(stability(found.profile.wishes, found.worths, found.feasible)) != ()
    assert (told.seed, told.samples) == (SEED, SAMPLES)
    assert (told.run, told.decided) == (RUN.id, RUN.finished)


def test_what_the_samples_say_stands_at_each_stack(found: Table, sure: Robustness) -> None:
    told = {each.framework: each for each in assemble(
        found, RUN, load_catalog(), seed=SEED, samples=SAMPLES).ranking}  # fmt: skip
    assert list(told) == [*found.feasible, *found.out]
    assert found.out == ("d",)
    for name in found.feasible:
        each = told[name]
        assert each.rank_acceptability == sure.ranks[name]
        assert each.pairwise == sure.pairwise[name]
        assert (each.first_by_ranking, each.first_by_any) == (sure.by_ranking[name], sure.by_any[name])
        assert each.central_weights == sure.central.get(name, ())
        assert each.dominated == dominated(found, name)
        assert each.would_rank is None
    assert told["c"].dominated
    assert told["a"].central_weights != told["b"].central_weights
    assert not told["a"].dominated
    assert told["a"].first_by_any != told["a"].first_by_ranking


def test_another_seed_draws_other_samples(found: Table, sure: Robustness) -> None:
    other = assemble(found, RUN, load_catalog(), seed=SEED + 1, samples=SAMPLES)
    assert tuple(each.rank_acceptability for each in other.ranking if each.feasible) != tuple(sure.ranks.values())


def test_a_stack_that_is_out_is_told_its_place_among_the_others(found: Table) -> None:
    told = {each.framework: each for each in assemble(
        found, RUN, load_catalog(), seed=SEED, samples=SAMPLES).ranking}  # fmt: skip
    ahead = [name for name in found.feasible if found.values[name].middle > found.values["d"].middle]
    assert told["d"].would_rank == len(ahead) + 1
    assert (told["d"].rank_acceptability, told["d"].dominated) == ((), False)
    assert (told["d"].first_by_any, told["d"].first_by_ranking) == (None, None)
    # As good as the best, it would share the first place.
    half = {name: dict.fromkeys("xyz", (0.5,) * 3) for name in ("e", "f")}
    half["f"] = {"x": (0.25,) * 3, "y": (0.75,) * 3, "z": (0.75,) * 3}
    same = table(needs(0.3), {**half})
    told = {each.framework: each for each in assemble(
        same, RUN, load_catalog(), seed=0, samples=50).ranking}  # fmt: skip
    assert math.isclose(same.values["e"].middle, same.values["f"].middle)
    assert told["f"].would_rank == 1


def test_cells_and_contributions_carry_their_worth_and_where_it_is_from(found: Table) -> None:
    told = assemble(found, RUN, load_catalog(), seed=SEED, samples=SAMPLES)
    for cell in told.evidence:
        worth = found.worths[cell.framework, cell.criterion]
        assert (cell.score, cell.score_low, cell.score_high) == (worth.point, worth.low, worth.high)
    real = decide(SAMPLE, load_profile("research"))
    cells = {(each.framework, each.route, each.criterion): each for each in real.evidence}
    for each in real.ranking:
        for part in each.contributions:
            cell = cells[each.framework, each.route, part.criterion]
            assert (part.evidence, part.provenance) == (cell.evidence, cell.provenance)
            assert part.evidence is not None


def test_where_nothing_is_named_nothing_would_change_it() -> None:
    unknown: Rows = {"a": {"x": (0.9,) * 3, "y": None, "z": None}, "b": {"x": (0.1,) * 3, "y": None, "z": (0.4,) * 3}}
    told = assemble(table(needs(), {**unknown, "a": {**unknown["a"], "x": None}}), RUN, load_catalog(),
                    seed=0, samples=50)  # fmt: skip
    assert told.verdict == "undetermined"
    assert (told.flips, told.joint_flips, told.stability, told.reasons, told.against) == ((), (), (), (), None)


def test_a_tie_names_all_that_are_tied_and_says_so_in_its_reasons() -> None:
    close: Rows = {name: dict.fromkeys("xyz", (value,) * 3) for name, value in (("a", 0.61), ("b", 0.6))}
    told = assemble(table(needs(), close), RUN, load_catalog(), seed=0, samples=400)
    if told.verdict == "recommended":
        close = {"a": {"x": (0.61, 0.3, 0.9), "y": (0.6,) * 3, "z": (0.6,) * 3},
                 "b": {"x": (0.6, 0.3, 0.9), "y": (0.6,) * 3, "z": (0.6,) * 3}}  # fmt: skip
        told = assemble(table(needs(), close), RUN, load_catalog(), seed=0, samples=400)
    assert told.verdict == "tie"
    assert [each.framework for each in told.tied] == ["a", "b"]


def test_the_catalog_that_is_given_is_the_one_that_is_cited() -> None:
    bare = load_catalog().model_copy(update={"facts": ()})
    needed = load_profile("research")
    assert decide(SAMPLE, needed).coverage.documented > 0
    assert decide(SAMPLE, needed, bare).coverage.documented == 0
