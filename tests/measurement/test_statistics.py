"""The arithmetic against SciPy, against formulas worked by hand, and against what must hold for any data."""

from __future__ import annotations

import itertools

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


def test_one_block_far_out_does_not_decide_and_a_process_far_out_does() -> None:
    random = np.random.default_rng(5)
    groups = [random.normal(10, 0.1, size=3).tolist() for _ in range(9)]
    without = statistics.hierarchical(groups, seed=0)
    one_block = [*groups[:-1], [*groups[-1][:2], 25.0]]
    found = statistics.hierarchical(one_block, seed=0)
    assert found.high - found.low < 1.5 * (without.high - without.low)
    whole = statistics.hierarchical(one_block, seed=0, pull_in=False)
    assert whole.high > 11
    one_process = statistics.hierarchical([*groups[:-1], [25.0, 25.1, 24.9]], seed=0)
    assert one_process.value > 11
    assert one_process.high > 13


def test_values_that_are_all_the_same_pull_nothing_in_that_is_not_far_out() -> None:
    same = statistics.hierarchical([[1.0, 1.0, 1.0], [1.0]], seed=0)
    assert (same.value, same.low, same.high) == (1.0, 1.0, 1.0)
    single = statistics.hierarchical([[1.0], [3.0]], seed=0)
    assert (single.low, single.high) == (1.0, 3.0)


@given(st.lists(TIMES, min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_a_summary_is_ordered_seeded_and_never_too_narrow(groups: list[list[float]], seed: int) -> None:
    calls = [value for group in groups for value in group]
    summary = statistics.timed(groups, calls, seed=seed)
    assert summary == statistics.timed(groups, calls, seed=seed)
    reach = statistics.narrowest(len(groups))
    assert reach >= 0.02
    assert summary.low <= summary.median * (1 - reach) * (1 + 1e-12)
    assert summary.high >= summary.median * (1 + reach) * (1 - 1e-12)
    assert min(calls) * (0.999 - reach) <= summary.low <= summary.high <= max(calls) * (1.001 + reach)


@pytest.mark.parametrize(
    ("processes", "alone", "of_two"),
    [(1, 0.05 / 2**0.5, 0.05), (2, 0.025, 0.05 / 2**0.5), (3, 0.02, 0.02), (9, 0.02, 0.02)],
)
def test_few_processes_have_an_interval_for_the_luck_that_their_blocks_share(
    processes: int, alone: float, of_two: float
) -> None:
    assert statistics.narrowest(processes) == pytest.approx(alone)
    assert statistics.narrowest(processes, pair=True) == pytest.approx(of_two)
    found = statistics.timed([[2.0] * 5] * processes, [2.0], seed=0)
    assert (found.low, found.high) == pytest.approx((2 * (1 - alone), 2 * (1 + alone)))


def test_a_process_that_gave_nothing_is_none() -> None:
    found = statistics.timed([[2.0] * 5, []], [2.0], seed=0)
    assert found.high == pytest.approx(2 * (1 + statistics.narrowest(1)))


@pytest.mark.parametrize("processes", [1, 2])
def test_the_interval_of_few_processes_holds_for_the_next_ones_too(processes: int) -> None:
    # Processes differ as those of the reference machine do, by 5 % or less for nineteen pairs in twenty.
    random = np.random.default_rng(12)
    covered = 0
    for trial in range(400):
        luck = random.normal(0, 0.05 / 1.96, size=processes)
        pairs = [[(float(np.exp(each + noise)), 1.0) for noise in random.normal(0, 0.01, size=7)] for each in luck]
        reach = statistics.narrowest(processes, pair=True)
        found = statistics.paired_ratio(pairs, seed=trial, resamples=200, reach=reach)
        covered += found.low <= 1 <= found.high
    assert covered >= 0.9 * 400


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


def test_a_summary_of_calls_has_every_quantile_that_enough_calls_allow() -> None:
    calls = np.random.default_rng(6).permutation(np.arange(1.0, 1001.0))
    summary = statistics.timed([calls.tolist()], calls.tolist(), seed=0)
    assert (summary.p50, summary.p95, summary.p99) == pytest.approx((500.5, 950.05, 990.01))
    ranks = stats.binom(1000, 0.99)
    assert (summary.p99_low, summary.p99_high) == (ranks.ppf(0.025), ranks.ppf(0.975) + 1)
    few = statistics.timed([[1.0, 3.0]], [1.0, 3.0], seed=0)
    assert (few.p50, few.p95, few.p99, few.p99_low, few.p99_high) == (2.0, None, None, None, None)
    # 99 calls would allow a lower bound already: it is not told without the quantile that it belongs to.
    assert statistics.timed([[1.0]], [1.0] * 99, seed=0).p99_low is None


def test_many_values_are_summarised_by_the_order_statistics_of_their_median() -> None:
    values = [float(value) for value in np.random.default_rng(7).permutation(np.arange(1, 42))]
    summary = statistics.sampled(values)
    # Of 41 values the 14th and the 28th enclose the median with 97 %, the next pair inwards with less than 95 %.
    assert (summary.median, summary.low, summary.high, summary.n) == (21.0, 14.0, 28.0, 41)


def test_the_smallest_and_the_largest_value_can_be_bounds() -> None:
    # Six values enclose the median but for two outcomes of 2^6: 97 %; five do so with 94 %.
    assert statistics.quantile_interval(np.arange(1.0, 7.0), 0.5) == (1.0, 6.0)
    assert statistics.quantile_interval(np.arange(1.0, 6.0), 0.5) == (None, None)


def test_an_exact_number_has_no_spread() -> None:
    summary = statistics.exact(24_092.0)
    assert (summary.median, summary.low, summary.high, summary.n) == (24_092.0, 24_092.0, 24_092.0, 1)


def test_a_ratio_within_rounds_is_untouched_by_what_slows_whole_rounds() -> None:
    random = np.random.default_rng(8)
    hosts = random.lognormal(0, 1, size=(3, 10))
    steady = [[(1.5 * host, host) for host in process] for process in hosts]
    found = statistics.paired_ratio(steady, seed=0)
    assert found.value == pytest.approx(1.5)
    assert (found.low, found.high) == pytest.approx((1.5 * 0.98, 1.5 * 1.02))


def test_a_ratio_is_the_bootstrap_of_the_logarithms() -> None:
    random = np.random.default_rng(9)
    groups = [[(float(a), float(b)) for a, b in random.lognormal(0, 0.3, size=(9, 2))] for _ in range(4)]
    logs = [[float(np.log(a / b)) for a, b in group] for group in groups]
    for seed, resamples in ((3, statistics.RESAMPLES), (4, 50)):
        expected = statistics.hierarchical(logs, seed=seed, resamples=resamples)
        found = statistics.paired_ratio(groups, seed=seed, resamples=resamples)
        assert (found.value, found.low, found.high) == pytest.approx(tuple(np.exp([*vars(expected).values()])))
    inverse = statistics.paired_ratio([[(b, a) for a, b in group] for group in groups], seed=3)
    ours = statistics.paired_ratio(groups, seed=3)
    assert (1 / inverse.value, 1 / inverse.high, 1 / inverse.low) == pytest.approx((ours.value, ours.low, ours.high))


def test_the_loss_of_few_samples_has_an_interval_as_wide_as_the_formula_says() -> None:
    # One sample of two was lost: (1 - 0) / 4 ± 1.96 √(2 - 1/4) / 4.
    summary = statistics.paired_loss(np.array([True, True]), np.array([True, False]))
    half = 1.959964 * np.sqrt(2 - 1 / 4) / 4
    assert (summary.median, summary.low, summary.high) == pytest.approx((0.5, 0.25 - half, 0.25 + half), abs=1e-6)


def test_nothing_cannot_be_summarised() -> None:
    with pytest.raises(ValueError, match=r"^nothing to summarise$"):
        statistics.hierarchical([[], []], seed=0)


def test_what_lies_far_out_on_either_side_is_pulled_in_to_three_standard_deviations() -> None:
    # The pairs of both groups together tell how far values lie apart; the reach is worked out anew here.
    groups = [[10.0, 10.2, 9.7, 10.4, 9.9, 3.0], [20.1, 19.8, 20.3, 19.9, 20.0, 40.0]]
    pairs = [abs(a - b) for group in groups for a, b in itertools.combinations(group, 2)]
    reach = 3 * np.median(pairs) / (np.sqrt(2) * stats.norm.ppf(0.75))
    pulled = [np.clip(group, np.median(group) - reach, np.median(group) + reach).tolist() for group in groups]
    assert pulled[0][-1] > 3.0
    assert pulled[1][-1] < 40.0
    found = statistics.hierarchical(groups, seed=1)
    expected = statistics.hierarchical(pulled, seed=1, pull_in=False)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_where_other_work_disturbed_the_blocks_they_tell_how_far() -> None:
    groups = [[10.0, 10.1, 25.0], [10.1, 9.9, 10.0]]
    calm = statistics.timed(groups, [10.0], seed=0)
    assert calm == statistics.timed(groups, [10.0], seed=0, disturbed=False)
    disturbed = statistics.timed(groups, [10.0], seed=0, disturbed=True)
    assert disturbed.median == calm.median
    assert disturbed.high > 1.3 * calm.high


def test_whole_numbers_are_summarised_as_numbers() -> None:
    assert statistics.sampled([1, 2, 4]).median == 2.0
    assert statistics.timed([[1, 3]], [1, 3], seed=0).p50 == 2.0
