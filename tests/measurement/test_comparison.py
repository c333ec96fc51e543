"""Words about two stacks: from pairs of blocks, the whole interval, and never from too few."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from advisor.measurement.comparison import ENOUGH_PAIRS, Comparison, compare, pairs
from advisor.measurement.disturbance import seen
from advisor.measurement.run import Observation
from advisor.measurement.timing import Round

ZONE = 0.05


def latency(
    medians: Sequence[float],
    *,
    means: Sequence[float] | None = None,
    rejected: Sequence[int] = (),
    processes: int = 3,
) -> Observation:
    rounds = tuple(
        Round(
            round=number, process=number % processes, median=median, mean=(means or medians)[number], calls=9, wall=1.0,
            cpu=1.0, accepted=number not in rejected,
        )
        for number, median in enumerate(medians)
    )  # fmt: skip
    return Observation(probe="p", framework="f", metric="latency", unit="s", outcome="measured", rounds=rounds)


def drawn(seed: int, factor: float, *, spread: float = 0.01, rounds: int = 12) -> Comparison:
    """Compare two stacks that share the slow spells of the machine and differ by `factor`."""
    random = np.random.default_rng(seed)
    spells = np.exp(random.normal(0, 0.3, size=rounds))
    between = np.exp(random.normal(0, 0.005, size=3))[np.arange(rounds) % 3]
    first = spells * factor * between * np.exp(random.normal(0, spread, size=rounds))
    second = spells * np.exp(random.normal(0, spread, size=rounds))
    return compare(latency(first.tolist()), latency(second.tolist()), zone=ZONE, seed=seed)


def test_the_same_is_never_called_different() -> None:
    words = [drawn(seed, 1.0).word for seed in range(60)]
    assert set(words) <= {"same", "unclear"}
    assert words.count("same") >= 48


@pytest.mark.parametrize(("factor", "word"), [(1.10, "slower"), (1.20, "slower"), (1 / 1.2, "faster"), (2.0, "slower")])
def test_a_real_difference_is_found_through_slow_spells(factor: float, word: str) -> None:
    words: list[str] = [drawn(seed, factor).word for seed in range(40)]
    assert words.count(word) >= 38
    assert set(words) <= {word, "unclear"}


def test_at_the_edge_of_the_zone_nothing_is_claimed() -> None:
    words = {drawn(seed, 1.05).word for seed in range(30)}
    assert "faster" not in words
    assert drawn(0, 1.05).word == "unclear"


def test_the_ratio_is_that_of_the_pairs() -> None:
    spells = [1, 2, 3, 4, 5, 6, 7, 8]
    found = compare(latency([3.0 * each for each in spells]), latency([2.0 * each for each in spells]), zone=ZONE)
    assert found.ratio == pytest.approx(1.5)
    assert (found.low, found.high) == pytest.approx((1.5 * 0.98, 1.5 * 1.02))
    assert (found.word, found.pairs) == ("slower", 8)


@pytest.mark.parametrize(
    ("processes", "ratio", "word"),
    [
        (1, 1.0, "unclear"), (1, 1.09, "unclear"), (1, 1.12, "slower"), (1, 1 / 1.12, "faster"),
        (2, 1.0, "same"), (2, 1.08, "unclear"), (2, 1.10, "slower"),
        (3, 1.0, "same"), (3, 1.08, "slower"),
    ],
)  # fmt: skip
def test_a_word_from_few_processes_needs_more_than_their_luck(processes: int, ratio: float, word: str) -> None:
    found = compare(latency([ratio] * 8, processes=processes), latency([1.0] * 8, processes=processes), zone=ZONE)
    assert found.ratio == pytest.approx(ratio)
    assert found.word == word


def test_a_round_counts_only_when_both_were_left_alone() -> None:
    first = latency([1.0] * 8, rejected=[0, 1])
    second = latency([2.0] * 8, rejected=[2])
    assert sum(map(len, pairs(first.rounds, second.rounds))) == 5
    assert compare(first, second, zone=ZONE) == Comparison(5, "unclear")
    assert ENOUGH_PAIRS == 6


def test_means_that_say_the_opposite_are_flagged() -> None:
    fast_mostly = latency([1.0] * 8, means=[3.0] * 8)
    steady = latency([1.2] * 8)
    found = compare(fast_mostly, steady, zone=ZONE)
    assert found.word == "faster"
    assert found.means_disagree
    assert not compare(steady, latency([1.0] * 8), zone=ZONE).means_disagree


def test_what_slows_a_round_by_little_slows_both_of_a_pair() -> None:
    def beside(figure: float) -> Observation:
        found = latency([1.0] * 8, rejected=range(2, 8))
        met = (seen("work", figure, 100e-6, 0),)
        rounds = tuple(
            each if each.accepted else each.model_copy(update={"disturbances": met}) for each in found.rounds
        )
        return found.model_copy(update={"rounds": rounds})

    plain = latency([1.5] * 8)
    assert sum(map(len, pairs(plain.rounds, beside(125e-6).rounds))) == 8
    assert sum(map(len, pairs(plain.rounds, beside(140e-6).rounds))) == 2
    assert sum(map(len, pairs(plain.rounds, latency([1.0] * 8, rejected=[1]).rounds))) == 7
