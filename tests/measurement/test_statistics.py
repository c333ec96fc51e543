"""The arithmetic against SciPy, against formulas worked by hand, and against what must hold for any data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from advisor.measurement import statistics

TIMES = st.lists(st.floats(1e-6, 10, allow_nan=False), min_size=1, max_size=12)


@pytest.mark.parametrize(("n", "q"), [(5, 0.5), (20, 0.5), (59, 0.95), (100, 0.99), (500, 0.99), (4000, 0.99)])
def test_quantile_intervals_are_those_of_the_binomial_distribution(n: int, q: float) -> None:
    ordered = np.arange(1, n + 1, dtype=float)
    low, high = statistics.quantile_interval(ordered, q)
    ranks = stats.binom(n, q)
    if low is not None:
        assert ranks.cdf(low - 1) <= 0.025 < ranks.cdf(low)
    else:
        assert ranks.cdf(0) > 0.025
    if high is not None:
        assert ranks.cdf(high - 2) < 0.975 <= ranks.cdf(high - 1)
    else:
        assert ranks.cdf(n - 1) < 0.975


def test_the_interval_of_the_median_agrees_with_scipy() -> None:
    values = np.sort(np.random.default_rng(1).lognormal(size=41))
    low, high = statistics.quantile_interval(values, 0.5)
    theirs = stats.quantile_test(values, q=np.median(values), p=0.5).confidence_interval(0.95)
    assert (low, high) == pytest.approx((theirs.low, theirs.high))


def test_one_process_is_resampled_over_its_blocks() -> None:
    blocks = np.random.default_rng(2).normal(10, 1, size=30)
    ours = statistics.hierarchical([blocks.tolist()], seed=0, resamples=20_000)
    theirs = stats.bootstrap((blocks,), np.median, n_resamples=20_000, method="percentile", random_state=1)
    assert ours.value == np.median(blocks)
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.1)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.1)


def test_processes_that_differ_widen_the_interval_as_their_means_say() -> None:
    random = np.random.default_rng(3)
    centres = random.normal(10, 1, size=12)
    groups = [random.normal(centre, 1e-6, size=9) for centre in centres]
    ours = statistics.hierarchical([group.tolist() for group in groups], seed=0, resamples=20_000)
    theirs = stats.bootstrap((centres,), np.mean, n_resamples=20_000, method="percentile", random_state=1)
    assert ours.value == pytest.approx(centres.mean(), abs=1e-3)
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.05)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.05)
    pooled = statistics.hierarchical([np.concatenate(groups).tolist()], seed=0)
    within_one = statistics.hierarchical([groups[0].tolist()], seed=0)
    assert ours.high - ours.low > 100 * (within_one.high - within_one.low)
    assert pooled.value == pytest.approx(ours.value, abs=1)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(4)
    covered = 0
    for trial in range(200):
        groups = [random.normal(random.normal(100, 3), 3, size=8).tolist() for _ in range(6)]
        found = statistics.hierarchical(groups, seed=trial, resamples=500)
        covered += found.low <= 100 <= found.high
    assert 0.85 <= covered / 200 <= 1.0


@given(st.lists(TIMES, min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_a_summary_is_ordered_seeded_and_never_too_narrow(groups: list[list[float]], seed: int) -> None:
    calls = [value for group in groups for value in group]
    summary = statistics.timed(groups, calls, seed=seed)
    assert summary == statistics.timed(groups, calls, seed=seed)
    assert summary.low <= summary.median * 0.98 * (1 + 1e-12)
    assert summary.high >= summary.median * 1.02 * (1 - 1e-12)
    assert min(calls) * 0.979 <= summary.low <= summary.high <= max(calls) * 1.021


@pytest.mark.parametrize(
    ("n", "has_p95", "has_p99"), [(19, False, False), (20, True, False), (99, True, False), (100, True, True)]
)
def test_rare_calls_are_not_summarised_from_few(n: int, has_p95: bool, has_p99: bool) -> None:
    calls = [1.0 + index / n for index in range(n)]
    summary = statistics.timed([calls], calls, seed=0)
    assert (summary.p95 is not None, summary.p99 is not None) == (has_p95, has_p99)
    assert summary.n == n
    if has_p99:
        assert summary.p99 is not None
        assert summary.p99 == pytest.approx(np.quantile(calls, 0.99))
        assert summary.p99_low is not None
        assert summary.p99_low <= summary.p99


def test_a_few_values_are_summarised_by_their_range() -> None:
    summary = statistics.sampled([0.30, 0.10, 0.20])
    assert (summary.median, summary.low, summary.high, summary.n) == (0.20, 0.10, 0.30, 3)
    assert statistics.sampled([1.0]).low == pytest.approx(0.9)
    assert statistics.sampled([1.0, 1.0]).high == pytest.approx(1.02)


@pytest.mark.parametrize(("successes", "n"), [(0, 20), (7, 20), (585, 600), (600, 600)])
def test_proportions_are_wilson_s(successes: int, n: int) -> None:
    summary = statistics.proportion(successes, n)
    theirs = stats.binomtest(successes, n).proportion_ci(method="wilson")
    assert (summary.low, summary.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert summary.median == successes / n


def test_the_loss_of_accuracy_is_agresti_and_min_s_interval() -> None:
    # Agresti and Min's adjustment, worked by hand: n = 100, 9 lost, 3 won: (9 - 3) / 102 ± 1.96 √(13 - 36/102) / 102.
    before = np.array([True] * 90 + [False] * 10)
    after = before.copy()
    after[:9] = False
    after[-3:] = True
    summary = statistics.paired_loss(before, after)
    half = 1.959964 * np.sqrt(13 - 36 / 102) / 102
    assert summary.median == pytest.approx(0.06)
    assert (summary.low, summary.high) == pytest.approx((6 / 102 - half, 6 / 102 + half), abs=1e-6)


def test_nothing_lost_is_not_certainly_nothing() -> None:
    right = np.ones(50, dtype=bool)
    summary = statistics.paired_loss(right, right)
    assert summary.median == 0
    assert summary.low < 0 < summary.high


def test_nothing_cannot_be_summarised() -> None:
    with pytest.raises(ValueError, match="nothing to summarise"):
        statistics.hierarchical([[], []], seed=0)
