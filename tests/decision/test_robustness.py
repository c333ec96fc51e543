"""Joint samples: against closed forms, and the properties that make two decisions comparable."""

import math
from itertools import product
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.decision.robustness import most_decisive_unknown, pairwise_winning, rank_acceptability
from advisor.decision.sampling import WEIGHT_FACTOR, Z95, draw
from advisor.decision.table import Table, build
from advisor.keys import Stack
from advisor.profiles.profile import Profile
from tests.decision.tables import Interval, criterion, finding, profile, table, tables, wish

SAMPLES = 20_000
ERROR = 4 * math.sqrt(0.25 / SAMPLES)
"""Four standard errors of a share estimated from this many samples."""

Rows = dict[str, dict[str, Interval | None]]


def shares(found: Table, seed: int = 0, samples: int = SAMPLES) -> dict[str, float]:
    drawn = draw(found.feasible, found.profile.wishes, found.findings, found.worths, samples=samples, seed=seed)
    return dict(zip(found.feasible, rank_acceptability(drawn.values)[:, 0], strict=True))


@pytest.mark.parametrize("difference", [0.0, 0.02, 0.05])
def test_first_rank_of_two_uncertain_figures_equals_the_closed_form(difference: float) -> None:
    quality = criterion("quality")
    needed = profile([wish(quality, 1, 0.0, 1.0)])
    a, b = 0.5 + difference, 0.5
    rows: Rows = {"a": {"quality": (a, a - 0.1, a + 0.1)}, "b": {"quality": (b, b - 0.04, b + 0.04)}}
    deviation = math.hypot(0.1, 0.04) / Z95
    expected = NormalDist().cdf(difference / deviation)
    assert shares(table(needed, rows))["a"] == pytest.approx(expected, abs=ERROR)


@pytest.mark.parametrize("ratio", [0.7, 1.0, 1.2])
def test_first_rank_under_uncertain_weights_equals_the_closed_form(ratio: float) -> None:
    one, two = criterion("one"), criterion("two")
    needed = profile([wish(one, 1, 0.0, 1.0), wish(two, 1, 0.0, 1.0)])
    # a wins by `ratio` on one, b by 1 on two (in tenths): a is first while w1 · ratio > w2.
    rows: Rows = {
        "a": {"one": (0.5 + 0.1 * ratio,) * 3, "two": (0.5,) * 3},
        "b": {"one": (0.5,) * 3, "two": (0.6,) * 3},
    }  # fmt: skip
    sigma = math.log(WEIGHT_FACTOR) / Z95
    expected = NormalDist().cdf(math.log(ratio) / (sigma * math.sqrt(2)))
    assert shares(table(needed, rows))["a"] == pytest.approx(expected, abs=ERROR)


def test_a_missing_figure_is_uniform() -> None:
    needed = profile([wish(criterion("quality"), 1, 0.0, 1.0)])
    rows: Rows = {"known": {"quality": (0.8, 0.8, 0.8)}, "unknown": {"quality": None}}
    assert shares(table(needed, rows))["known"] == pytest.approx(0.8, abs=ERROR)


def test_three_criteria_agree_with_a_fine_grid_of_quantiles() -> None:
    names = ("one", "two", "three")
    needed = profile([wish(criterion(name), weight, 0.0, 1.0) for name, weight in zip(names, (3, 2, 1), strict=True)])
    levels = {"a": (0.6, 0.4, 0.5), "b": (0.5, 0.6, 0.45), "c": (0.45, 0.55, 0.7)}
    rows: Rows = {stack: {n: (v, v, v) for n, v in zip(names, row, strict=True)} for stack, row in levels.items()}
    sigma = math.log(WEIGHT_FACTOR) / Z95
    steps = 60
    factors = [math.exp(sigma * NormalDist().inv_cdf((i + 0.5) / steps)) for i in range(steps)]
    wins = dict.fromkeys(levels, 0)
    for x, y, z in product(factors, repeat=3):
        wins[max(levels, key=lambda s: 3 * x * levels[s][0] + 2 * y * levels[s][1] + z * levels[s][2])] += 1
    found = shares(table(needed, rows))
    for stack, count in wins.items():
        assert found[stack] == pytest.approx(count / steps**3, abs=ERROR + 0.005)


@settings(max_examples=25)
@given(tables(), st.randoms(use_true_random=False))
def test_order_does_not_change_a_single_sample(case: tuple[Profile, Rows], shuffler: object) -> None:
    needed, rows = case
    found = table(needed, rows)
    names = list(found.feasible)
    one = draw(names, needed.wishes, found.findings, found.worths, samples=50, seed=3)
    other = draw(names[::-1], needed.wishes[::-1], found.findings, found.worths, samples=50, seed=3)
    assert np.allclose(one.values, other.values[:, ::-1], atol=1e-9)


def test_adding_a_stack_leaves_the_samples_of_the_others_as_they_were() -> None:
    needed = profile([wish(criterion("quality"), 1, 0.0, 1.0)])
    rows: Rows = {"a": {"quality": (0.5, 0.4, 0.6)}, "b": {"quality": None}}
    more: Rows = {**rows, "c": {"quality": (0.9, 0.1, 1.0)}}
    small, large = table(needed, rows), table(needed, more)
    one = draw(("a", "b"), needed.wishes, small.findings, small.worths, samples=100, seed=0)
    other = draw(("a", "b", "c"), needed.wishes, large.findings, large.worths, samples=100, seed=0)
    assert (one.values == other.values[:, :2]).all()


def test_stacks_that_share_an_observation_are_uncertain_together() -> None:
    speed, size = criterion("speed"), criterion("size")
    needed = profile([wish(speed, 1, 0.0, 1.0), wish(size, 1, 0.0, 1.0)])
    findings = {
        (name, "speed"): finding(name, speed, (0.5, 0.1, 0.9), key="one observation") for name in ("a", "b")
    } | {("a", "size"): finding("a", size, (0.51,) * 3), ("b", "size"): finding("b", size, (0.5,) * 3)}
    found = build(needed, [Stack(framework="a"), Stack(framework="b")], {}, findings)
    assert shares(found)["a"] == 1.0


def test_equal_stacks_share_the_first_rank_evenly() -> None:
    needed = profile([wish(criterion("quality"), 1, 0.0, 1.0)])
    rows: Rows = {name: {"quality": (0.5, 0.5, 0.5)} for name in "abcd"}
    for share in shares(table(needed, rows)).values():
        assert share == pytest.approx(0.25, abs=ERROR)


def test_the_seed_is_what_decides_the_samples() -> None:
    needed = profile([wish(criterion("quality"), 1, 0.0, 1.0)])
    found = table(needed, {"a": {"quality": (0.5, 0.4, 0.6)}, "b": {"quality": (0.5, 0.4, 0.6)}})
    assert shares(found, seed=1) == shares(found, seed=1)
    assert shares(found, seed=1) != shares(found, seed=2)


@settings(max_examples=25)
@given(tables())
def test_acceptabilities_and_winning_indices_are_shares(case: tuple[Profile, Rows]) -> None:
    needed, rows = case
    found = table(needed, rows)
    drawn = draw(found.feasible, needed.wishes, found.findings, found.worths, samples=200, seed=0)
    ranks, wins = rank_acceptability(drawn.values), pairwise_winning(drawn.values)
    assert np.allclose(ranks.sum(axis=0), 1)
    assert np.allclose(ranks.sum(axis=1), 1)
    assert np.allclose(wins + wins.T, 1)
    # With two stacks to compare, being first is winning the pair.
    if len(rows) == 2:
        assert ranks[0, 0] == pytest.approx(wins[0, 1])


def test_the_next_probe_is_the_unknown_that_can_change_who_comes_first() -> None:
    large, small = criterion("large"), criterion("small")
    needed = profile([wish(large, 9, 0.0, 1.0), wish(small, 1, 0.0, 1.0)])
    rows: Rows = {
        "a": {"large": (0.6, 0.6, 0.6), "small": None},
        "b": {"large": None, "small": (0.5, 0.5, 0.5)},
    }  # fmt: skip
    found = table(needed, rows)
    drawn = draw(found.feasible, needed.wishes, found.findings, found.worths, samples=SAMPLES, seed=0)
    assert most_decisive_unknown(drawn, range(2)) == "large"


def test_no_probe_is_proposed_when_no_unknown_can_change_who_comes_first() -> None:
    large, small = criterion("large"), criterion("small")
    needed = profile([wish(large, 9, 0.0, 1.0), wish(small, 1, 0.0, 1.0)])
    rows: Rows = {"a": {"large": (0.9,) * 3, "small": None}, "b": {"large": (0.1,) * 3, "small": None}}
    found = table(needed, rows)
    drawn = draw(found.feasible, needed.wishes, found.findings, found.worths, samples=1000, seed=0)
    assert most_decisive_unknown(drawn, range(2)) is None
