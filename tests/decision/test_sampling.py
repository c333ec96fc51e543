"""The samples of weights and cells: their distributions, their keys, and what they need."""

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.decision.robustness import central_weights, first_rank, pairwise_winning, rank_acceptability
from advisor.decision.sampling import WEIGHT_FACTOR, Samples, Weighting, draw
from advisor.decision.table import Table
from tests.decision.tables import Interval, criterion, profile, table, wish

SAMPLES = 40_000
Rows = dict[str, dict[str, Interval | None]]


def drawn(found: Table, *weightings: Weighting, samples: int = SAMPLES, seed: int = 0) -> Samples:
    wishes = found.profile.wishes
    chosen = weightings or ("stated",)
    return draw(
        found.feasible, wishes, found.findings, found.worths, samples=samples, seed=seed, weightings=chosen
    )  # fmt: skip


def exact(weights: dict[str, float], levels: dict[str, tuple[float, ...]]) -> Table:
    needed = profile([wish(criterion(name), weight, 0.0, 1.0) for name, weight in weights.items()])
    return table(needed, {s: {n: (v, v, v) for n, v in zip(weights, row, strict=True)} for s, row in levels.items()})


THREE = exact({"one": 3, "two": 2, "three": 1}, {"a": (0.9, 0.1, 0.1), "b": (0.2, 0.8, 0.3), "c": (0.1, 0.2, 0.9)})


def test_stated_weights_are_log_normal_around_what_was_stated() -> None:
    weights = drawn(THREE).weights["stated"]
    ratios = np.log(weights[0] / weights[1])
    spread = math.log(WEIGHT_FACTOR) / NormalDist().inv_cdf(0.975) * math.sqrt(2)
    assert np.median(ratios) == pytest.approx(math.log(3 / 2), abs=0.01)
    assert ratios.std() == pytest.approx(spread, rel=0.03)


@pytest.mark.parametrize("shared", [0.0, 0.5, 0.9])
def test_what_the_same_rounds_share_moves_together_and_leaves_each_interval_as_it_is(shared: float) -> None:
    needed = profile([wish(criterion("latency"), 1, 0.0, 1.0)])
    apart = table(needed, {"a": {"latency": (0.5, 0.3, 0.7)}, "b": {"latency": (0.55, 0.35, 0.75)}})
    joint = replace(
        apart,
        findings={place: replace(each, group="latency|walk", shared=shared) for place, each in apart.findings.items()},
    )
    values, before = drawn(joint).values, drawn(apart).values
    found = float(np.asarray(np.corrcoef(values, rowvar=False))[0, 1])
    assert found == pytest.approx(shared, abs=0.02)
    assert values.std(axis=0) == pytest.approx(before.std(axis=0), rel=0.02)
    # The order is surer the more the two share.
    ahead = [float(np.mean(each[:, 0] > each[:, 1])) for each in (values, before)]
    assert abs(ahead[0] - 0.5) >= abs(ahead[1] - 0.5) - 0.01
    assert np.array_equal(drawn(joint).values, values)


def test_a_factor_of_one_takes_the_weights_exactly() -> None:
    wishes = THREE.profile.wishes
    found = draw(
        THREE.feasible, wishes, THREE.findings, THREE.worths, samples=10, seed=0, weight_factor=1.0
    )  # fmt: skip
    assert np.allclose(found.weights["stated"], [[each.weight] for each in wishes])


def test_without_weights_every_weight_is_as_likely() -> None:
    weights = drawn(THREE, "any").weights["any"]
    assert np.allclose(weights.sum(axis=0), 1)
    # The marginal of three uniform weights: mean 1/3, standard deviation √(1/18).
    assert weights.mean(axis=1) == pytest.approx([1 / 3] * 3, abs=0.01)
    assert weights.std(axis=1) == pytest.approx([math.sqrt(1 / 18)] * 3, rel=0.03)


def test_only_the_order_of_the_weights_counts_in_a_ranking() -> None:
    weights = drawn(THREE, "ranking").weights["ranking"]
    assert (weights[0] >= weights[1]).all()
    assert (weights[1] >= weights[2]).all()
    # The centroid of the weights in this order: (11, 5, 2) / 18.
    assert weights.mean(axis=1) == pytest.approx([11 / 18, 5 / 18, 2 / 18], abs=0.01)


def test_equal_weights_share_their_places_in_a_ranking() -> None:
    weights = drawn(exact({"one": 2, "two": 2, "three": 1}, {"a": (0, 0, 0)}), "ranking").weights["ranking"]
    assert (weights[:2] >= weights[2]).all()
    assert weights[0].mean() == pytest.approx(weights[1].mean(), abs=0.01)
    assert (weights[0] > weights[1]).mean() == pytest.approx(0.5, abs=0.02)


def test_first_without_weights_equals_a_fine_grid() -> None:
    steps = 200
    grid = [
        ((i + 0.5) / steps, (j + 0.5) / steps, 1 - (i + j + 1) / steps) for i in range(steps) for j in range(steps - i)
    ]
    levels = {"a": (0.9, 0.1, 0.1), "b": (0.2, 0.8, 0.3), "c": (0.1, 0.2, 0.9)}
    scores = np.array(grid) @ np.array([*levels.values()]).T
    wins = np.bincount(scores.argmax(axis=1), minlength=3) / len(grid)
    found = drawn(THREE, "any")
    shares = dict(zip(found.stacks, first_rank(found.by["any"]), strict=True))
    assert [shares[name] for name in levels] == pytest.approx(wins, abs=0.012)


def test_central_weights_are_those_of_the_worlds_that_a_stack_wins() -> None:
    found = drawn(THREE, "any")
    central = dict(zip(found.stacks, central_weights(found.by["any"], found.weights["any"]), strict=True))
    for stack, column in (("a", 0), ("b", 1), ("c", 2)):
        assert int(np.argmax(central[stack])) == column
        assert central[stack].sum() == pytest.approx(1)


def test_a_stack_that_never_wins_has_no_central_weights() -> None:
    found = drawn(exact({"one": 1, "two": 1}, {"a": (0.9, 0.9), "b": (0.1, 0.1)}), "any", samples=100)
    assert np.isnan(central_weights(found.by["any"], found.weights["any"])[1]).all()


@settings(max_examples=20)
@given(st.integers(2, 6), st.integers(1, 4), st.integers(0, 2**32))
def test_first_rank_is_the_first_column_of_the_acceptabilities(stacks: int, against: int, seed: int) -> None:
    values = np.random.default_rng(seed).random((300, stacks))
    ranks, wins = rank_acceptability(values), pairwise_winning(values)
    assert np.allclose(first_rank(values), ranks[:, 0])
    assert np.allclose(pairwise_winning(values, against), wins[:, :against])
    # Being ahead of k others on average is being k ranks from the end.
    assert np.allclose((wins.sum(axis=1) - 0.5), (ranks * np.arange(stacks)[::-1]).sum(axis=1))


def test_what_an_unknown_was_worth_can_be_asked_again() -> None:
    needed = profile([wish(criterion("quality"), 1, 0.0, 1.0)])
    found = drawn(table(needed, {"known": {"quality": (0.5, 0.5, 0.5)}, "unknown": {"quality": None}}), samples=50)
    (unknown,) = found.unknowns
    column = found.stacks.index("unknown")
    assert np.allclose(found.values[:, column], found.worths(unknown), atol=1e-6)


@pytest.mark.parametrize("samples", [1, 2, 7])
def test_any_number_of_samples_will_do(samples: int) -> None:
    needed = profile([wish(criterion("quality"), 1, 0.0, 1.0)])
    found = drawn(table(needed, {"a": {"quality": (0.5, 0.4, 0.6)}}), "stated", "any", "ranking", samples=samples)
    assert {values.shape for values in found.by.values()} == {(samples, 1)}
    assert np.isfinite(found.values).all()
