"""Grades of timings: what is left of blocks that others disturbed, and how wide it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from advisor.measurement import comparison, grades, joint_intervals
from advisor.measurement.disturbance import Disturbance, seen
from advisor.measurement.run import Observation
from advisor.measurement.statistics import Interval
from advisor.measurement.timing import Round, Summary
from tests.samples import sample_run

SLOWED, ROBBED = seen("work", 130e-6, 100e-6, 0), seen("clocks", 0.9, 0.03)


def blocks(
    medians: Sequence[float], met: Sequence[Disturbance | None], *, process: int = 0, cpu: float = 2.0, first: int = 0,
    fastest: float = 0.9,
) -> list[Round]:  # fmt: skip
    return [
        Round(
            round=first + number, process=process, median=median, fastest=fastest * median, calls=50, wall=1.0, cpu=cpu,
            accepted=each is None, disturbances=() if each is None else (each,),
        )
        for number, (median, each) in enumerate(zip(medians, met, strict=True))
    ]  # fmt: skip


def summed(rounds: Sequence[Round], **more: float) -> Summary:
    calls = [[each.median] * 20 for each in rounds]
    return grades.summary(rounds, calls, seed=0, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("met", "grade"),
    [
        ([None] * 7, "measured"),
        ([None] * 4, "measured"),
        ([*[None] * 6, ROBBED, SLOWED], "measured"),
        ([*[None] * 5, SLOWED], "under load"),
        # What a host left alone that slows more than it leaves alone was slowed by less than can be seen.
        ([*[None] * 6, *[SLOWED] * 6, ROBBED], "measured"),
        ([*[None] * 6, *[SLOWED] * 7], "under load"),
        ([SLOWED] * 7, "under load"),
        ([*[SLOWED] * 3, *[ROBBED] * 9], "under load"),
        ([None, SLOWED, *[ROBBED] * 9], "bounded"),
        ([ROBBED] * 7, "bounded"),
    ],
)
def test_the_grade_follows_from_what_disturbed_the_blocks(met: list[Disturbance | None], grade: str) -> None:
    assert grades.grade(blocks([1.0] * len(met), met)) == grade


def test_short_calls_on_one_effective_thread_keep_their_median_under_robbing() -> None:
    short = blocks([1e-4] * 7, [SLOWED, *[ROBBED] * 6], cpu=1.0)
    assert grades.grade(short) == "under load"
    # Of two threads one waits for the other; and a long call is left alone where it took as long as it was at work.
    assert grades.grade(blocks([1e-4] * 7, [SLOWED, *[ROBBED] * 6], cpu=1.9)) == "bounded"
    assert grades.grade(blocks([1e-2] * 7, [SLOWED, *[ROBBED] * 6], cpu=0.45)) == "under load"
    interrupted = blocks([1e-2] * 7, [SLOWED, *[ROBBED] * 6], cpu=0.2)
    assert grades.grade(interrupted) == "bounded"
    found = grades.bounds(interrupted)
    assert (found.low, found.high) == pytest.approx((4e-3 / grades.CROWDED, 4e-3 * grades.SPREAD))


def test_blocks_far_apart_leave_a_time_under_load_that_is_more_than_nothing() -> None:
    found = summed(blocks([1e-4, 3e-4, 5e-4, 9e-4], [SLOWED] * 4, cpu=1.0))
    assert 0 < found.low < 0.5e-4


def test_under_load_the_lower_end_of_what_nobody_robbed_stands_for_it() -> None:
    rounds = blocks([1.5, 1.0, 1.3, 1.1, 40.0, 0.2], [SLOWED] * 4 + [ROBBED] * 2)
    found = summed(rounds)
    assert found.median == 1.0
    assert found.high >= 1.1
    # No narrower than what processes differ by, and as far down as the canary was slowed.
    assert found.low <= (1 - grades.LUCK / 2**0.5) / 1.3
    quiet = summed(blocks([1.5, 1.0, 1.3, 1.1, 1.2, 1.0], [None] * 6))
    assert found.high - found.low > quiet.high - quiet.low


def slower(rounds: Sequence[Round], slowdown: float) -> list[Round]:
    return [each.model_copy(update={"slowdown": slowdown}) for each in rounds]


def test_a_measured_time_reaches_down_to_what_the_host_may_have_added_unnoticed() -> None:
    rounds = blocks([1.0, 1.02, 1.04, 1.02, 1.0, 1.03, 1.02], [None] * 7)
    plain, slowed = summed(rounds), summed(slower(rounds, 1.09))
    assert plain.median == slowed.median == 1.02
    assert plain.high == slowed.high
    assert plain.low == pytest.approx(1 - grades.LUCK / 2**0.5)
    assert slowed.low == pytest.approx(plain.low / 1.09)


def test_what_the_host_may_have_added_is_shared_and_leaves_orders_as_sure_as_they_are() -> None:
    chance = np.random.default_rng(2)
    sides = [blocks(list(np.exp(chance.normal(0, 0.02, 12))), [None] * 12) for _ in range(2)]

    plain, slowed = (
        [latency(name, slower(each, slowdown)) for name, each in zip("ab", sides, strict=True)]
        for slowdown in (1.0, 1.09)
    )
    assert left_over(slowed) == pytest.approx(left_over(plain), rel=1e-3)
    assert min(left_over(plain)) > 0.85


def test_a_canary_that_was_held_up_itself_widens_nothing_where_it_found_others_quiet() -> None:
    held_up = slower(blocks([1.0, 1.01, 1.02], [seen("work", 180e-6, 100e-6, 0)] * 3), 1.8)
    quiet = slower(blocks([1.0, 1.01, 1.03], [seen("bounce", 9e-7, 3e-7)] * 3, first=3), 1.01)
    one_thread = [each.model_copy(update={"threads": 1}) for each in (*held_up, *quiet)]
    assert grades.slowed(one_thread) == pytest.approx(1.01)
    assert grades.slowed(one_thread[:3]) == pytest.approx(1.8)
    # The way between two cores is a matter of those who take it.
    assert grades.slowed([each.model_copy(update={"threads": 2}) for each in quiet]) == pytest.approx(3.0)


def test_more_processes_make_a_figure_under_load_narrower() -> None:
    def width(processes: int) -> float:
        found = summed([
            each for process in range(processes)
            for each in blocks([1.0, 1.02, 1.04], [SLOWED] * 3, process=process, first=3 * process)
        ])  # fmt: skip
        return found.high - found.low

    assert width(6) < width(3) < width(1)


def test_what_was_robbed_throughout_lies_between_one_thread_over_the_threads_and_the_fastest_block() -> None:
    rounds = blocks([9e-3, 5e-3, 700e-3], [ROBBED] * 3, fastest=0.99)
    found = summed(rounds, one_thread=6e-3, threads=2)
    assert (found.low, found.median, found.high) == pytest.approx((3e-3 / grades.SPREAD, 5e-3, 5e-3))
    # Two threads take hardly longer than one, however long all calls here were held up.
    assert summed(rounds, one_thread=2e-3, threads=2).high == pytest.approx(grades.SPREAD * 2e-3)
    # The fastest single call says more than a block of which most calls waited.
    rounds = blocks([9e-3, 5e-3, 700e-3], [ROBBED] * 3, fastest=0.4)
    assert summed(rounds, one_thread=6e-3, threads=2).high == pytest.approx(grades.SPREAD * 0.4 * 5e-3)
    # And of short calls it is a lower bound, too.
    short = summed(blocks([200e-6, 90e-6], [ROBBED] * 2, fastest=0.5))
    assert short.low == pytest.approx(45e-6)
    assert short.high == pytest.approx(grades.SPREAD * 45e-6)
    # Unless one thread was much faster: then no call at all was left alone.
    held_up = summed(blocks([200e-6, 90e-6], [ROBBED] * 2, fastest=0.5), one_thread=30e-6, threads=2)
    assert held_up.low == pytest.approx(15e-6 / grades.SPREAD)


def left_over(timings: Sequence[Observation]) -> list[float]:
    """Return how wide what is each timing's own is, over the interval of its blocks alone."""
    found = []
    for each, share in zip(timings, joint_intervals.shares(timings), strict=True):
        alone = grades.of_blocks(each.rounds, seed=0)
        assert each.summary is not None
        width = np.log(each.summary.high / each.summary.low)
        found.append(float(width * np.sqrt(1 - share) / np.log(alone.high / alone.low)))
    return found


def latency(framework: str, rounds: Sequence[Round]) -> Observation:
    return Observation(
        probe="mlp-inference", framework=framework, metric="latency", unit="s", outcome="measured",
        parameters={"batch": 1}, rounds=tuple(rounds), summary=summed(rounds), grade=grades.grade(rounds),
    )  # fmt: skip


def test_what_slowed_a_round_slows_both_and_leaves_their_order_sure() -> None:
    slow = [1.0, 1.6, 1.2, 1.8, 1.4, 2.0, 1.1]
    first = latency("a", blocks(slow, [SLOWED] * 7))
    second = latency("b", blocks([1.5 * each for each in slow], [SLOWED] * 7))
    found = comparison.compare(first, second, zone=0.05)
    assert (found.word, found.grade, found.pairs) == ("faster", "under load", 7)
    assert found.ratio == pytest.approx(1 / 1.5)
    same = comparison.compare(first, latency("b", blocks([1.02 * each for each in slow], [SLOWED] * 7)), zone=0.05)
    assert same.word == "unclear"


def test_of_bounded_figures_the_order_is_known_where_their_bounds_do_not_meet() -> None:
    fast, slow = (latency(name, blocks([at] * 3, [ROBBED] * 3)) for name, at in (("a", 1e-4), ("b", 3e-4)))
    found = comparison.compare(fast, slow, zone=0.05)
    assert (found.word, found.grade) == ("faster", "bounded")
    assert found.low is not None
    assert found.high is not None
    assert found.low < 1 / 3 < found.high
    near = latency("b", blocks([1.05e-4] * 3, [ROBBED] * 3))
    open_ = comparison.compare(fast, near, zone=0.05)
    assert (open_.word, open_.bound) == ("unclear", None)


@pytest.mark.parametrize(
    ("low", "high", "word", "bound"),
    [
        (0.4, 1.04, "unclear", "no slower"),
        (0.96, 3.0, "unclear", "no faster"),
        (0.4, 3.0, "unclear", None),
        (0.4, 0.9, "faster", None),
        (0.97, 1.03, "same", None),
    ],
)
def test_of_a_ratio_without_a_word_a_bound_to_one_side_may_be_left(
    low: float, high: float, word: str, bound: str | None
) -> None:
    ratio = Interval((low * high) ** 0.5, low, high)
    assert (comparison.word(ratio, 0.05), comparison.bound(ratio, 0.05)) == (word, bound)


def test_two_whose_short_calls_keep_to_one_thread_are_compared_while_others_rob() -> None:
    def short(name: str, at: float, rounds: int = 7, cpu: float = 1.0) -> Observation:
        return latency(
            name, blocks([at * each for each in (1, 1.3, 1.1, 4, 1.02, 1.2, 1.6)][:rounds], [ROBBED] * rounds, cpu=cpu)
        )

    def threads(each: Observation) -> Observation:
        return each.model_copy(update={"rounds": tuple(one.model_copy(update={"threads": 1}) for one in each.rounds)})

    fast, slow = threads(short("a", 1e-4)), threads(short("b", 1.25e-4))
    found = comparison.compare(fast, slow, zone=0.05)
    assert (found.word, found.pairs) == ("faster", 7)
    assert found.ratio == pytest.approx(0.8)
    # From few rounds it is not known; and beside one that waits for its threads no round is a pair.
    assert comparison.ratio(fast.rounds[:5], slow.rounds[:5], seed=0)[0] is None
    assert comparison.ratio(fast.rounds, short("b", 1.25e-4, cpu=1.9).rounds, seed=0)[0] is None


def test_what_rounds_slowed_together_is_shared_and_what_is_each_ones_own_is_not() -> None:
    chance = np.random.default_rng(1)
    together = np.exp(chance.normal(0, 0.3, 12))
    own = np.exp(chance.normal(0, 0.3, (2, 12)))
    alike = [latency(name, blocks(list(together), [None] * 12)) for name in "ab"]
    apart = [latency(name, blocks(list(each), [None] * 12)) for name, each in zip("ab", own, strict=True)]
    # What is left to each one alone, of what its blocks say.
    assert max(left_over(alike)) < 0.75
    assert min(left_over(apart)) > 0.85
    assert joint_intervals.shares(alike) == joint_intervals.shares(alike)
    assert joint_intervals.shares(alike[:1]) == [0.0]


def test_the_shares_of_a_run_stand_in_its_summaries() -> None:
    slow = [1.0, 1.6, 1.2, 1.8, 1.4, 2.0, 1.1]
    run = sample_run()
    timings = tuple(latency(name, blocks(slow, [SLOWED] * 7)) for name in ("pytorch", "tensorflow"))
    found = joint_intervals.with_shares(run.model_copy(update={"observations": timings}))
    assert all(each.summary is not None and (each.summary.shared or 0) > 0.3 for each in found.observations)
