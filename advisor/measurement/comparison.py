"""Which of two stacks is faster, from blocks that were measured side by side."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Literal

import numpy as np

from advisor.measurement import grades, statistics
from advisor.measurement.disturbance import LIMIT, robbed, slowed_by
from advisor.measurement.run import Observation, Policy
from advisor.measurement.statistics import Floats, Interval
from advisor.measurement.timing import BOUNDED, MEASURED, UNDER_LOAD, Grade, Round, Summary

ENOUGH_PAIRS = grades.ENOUGH_ROUNDS
_FIRST_OVER_SECOND = np.array([1.0, -1.0])

Word = Literal["faster", "slower", "same", "unclear"]
Bound = Literal["no slower", "no faster"]


@dataclass(frozen=True)
class Comparison:
    """How the first of two observations compares with the second.

    Attributes
    ----------
    ratio, low, high : float
        Seconds of the first over seconds of the second, with the 95 % interval; None without enough pairs.
    pairs : int
        Rounds in which nothing disturbed either by much; of figures under load, in which nobody robbed either.
    word : str
        ``faster``, ``slower`` or ``same`` when the whole interval says so; otherwise ``unclear``.
    grade : Grade
        That of the worse of the two: of figures that are only bounded the ratio is bounded, too.
    bound : str or None
        Where there is no word: ``no slower`` or ``no faster``, if the interval rules the other out.
    means_disagree : bool
        Whether the means of the blocks put the two in the opposite order: then rare slow calls decide, and the
        median of the calls does not tell the whole story.
    """

    pairs: int
    word: Word
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    means_disagree: bool = False
    grade: Grade = MEASURED
    bound: Bound | None = None


def compare(first: Observation, second: Observation, *, zone: float, seed: int = 0) -> Comparison:
    """Compare two latencies of one Run, round by round.

    Parameters
    ----------
    first, second : Observation
        Latencies of the same work, measured in the same session.
    zone : float
        Ratios within ``1 / (1 + zone)`` and ``1 + zone`` make no difference: the indifference zone of the Run's policy,
        or the A/A floor of either framework when that is wider.
    seed : int
        Seed of the bootstrap.
    """
    grade = worse(first, second)
    found, count = ratio(first.rounds, second.rounds, seed=seed)
    if found is None and grade != MEASURED:
        found, grade = _between(first.summary, second.summary), BOUNDED
    if found is None:
        return Comparison(count, "unclear", grade=grade)
    disagree = grade != BOUNDED and _means_disagree(first, second, found.value)
    said, known = word(found, zone), bound(found, zone)
    return Comparison(count, said, found.value, found.low, found.high, disagree, grade, known)


def worse(*sides: Observation) -> Grade:
    """Return the worst of the grades of some timings."""
    known = {each.grade for each in sides}
    return next((grade for grade in (BOUNDED, UNDER_LOAD) if grade in known), MEASURED)


def ratio(
    first: Sequence[Round], second: Sequence[Round], *, seed: int, resamples: int = statistics.RESAMPLES
) -> tuple[Interval | None, int]:
    """Return how many times as long the first takes as the second, and from how many rounds that is known.

    From the rounds in which nothing disturbed either by much, where there are enough; else from the lower ends of the
    rounds in which nobody robbed either: both ends are resampled over the same processes and rounds, so that what
    slowed a round slows both. None where there are too few of either.
    """
    paired = pairs(first, second)
    count = sum(map(len, paired))
    if count >= ENOUGH_PAIRS:
        return estimate(paired, seed=seed, resamples=resamples), count
    found = {grades.grade(first), grades.grade(second)} if first and second else {BOUNDED}
    short = [] if BOUNDED in found else [grades.robbed_all_the_same(each) for each in (first, second)]
    # Of two whose short calls keep to one thread the lower ends hold while others rob; beside any other it is no pair.
    joint = _joint(first, second) if short and short[0] == short[1] else []
    both = sum(map(len, joint))
    if both < (grades.ENOUGH_FREE if UNDER_LOAD in found and not any(short) else ENOUGH_PAIRS):
        return None, max(count, both)
    return _lower_ends(joint, seed=seed, resamples=resamples), both


def _joint(first: Sequence[Round], second: Sequence[Round]) -> list[Floats]:
    """Return, for every process of `first`, the logarithms of the fastest blocks of both by round: (rounds, 2)."""
    others: dict[int, float] = {}
    for group in grades.grouped(grades.free(second)):
        others |= {number: min(block, others.get(number, block)) for number, block in group.items()}
    found = []
    for group in grades.grouped(grades.free(first)):
        both = [(math.log(group[number]), math.log(others[number])) for number in group if number in others]
        if both:
            found.append(np.array(both))
    return found


def _lower_ends(joint: Sequence[Floats], *, seed: int, resamples: int) -> Interval:
    """Return the ratio of the lower ends of two columns, with its bootstrap interval over groups and rows."""
    random = np.random.default_rng(seed)
    value = float(np.mean([group.min(axis=0) @ _FIRST_OVER_SECOND for group in joint]))
    total = np.zeros(resamples)
    for _ in joint:
        drawn = random.integers(len(joint), size=resamples)
        for index, group in enumerate(joint):
            rows = np.flatnonzero(drawn == index)
            picks = random.integers(len(group), size=(len(rows), len(group)))
            total[rows] += group[picks].min(axis=1) @ _FIRST_OVER_SECOND
    low, high = np.quantile(total / len(joint), [(1 - statistics.CONFIDENCE) / 2, (1 + statistics.CONFIDENCE) / 2])
    found = Interval(math.exp(value), math.exp(min(low, value)), math.exp(max(high, value)))
    return statistics.at_least(found, grades.LUCK / math.sqrt(len(joint)))


def _between(first: Summary | None, second: Summary | None) -> Interval | None:
    """Return the ratio of two figures of which no rounds are pairs: whatever their intervals allow."""
    if first is None or second is None or min(first.low, second.low) <= 0:
        return None
    low, high = first.low / second.high, first.high / second.low
    return Interval(math.sqrt(low * high), low, high)


def estimate(
    paired: Sequence[Sequence[tuple[float, float]]], *, seed: int, resamples: int = statistics.RESAMPLES
) -> Interval:
    """Return the ratio of what `pairs` found, with an interval that knows what the luck of few processes is worth."""
    reach = statistics.narrowest(len(paired), pair=True)
    return statistics.paired_ratio(paired, seed=seed, resamples=resamples, reach=reach)


def zone(policy: Policy, floors: Mapping[str, float], frameworks: Collection[str]) -> float:
    """Return how far a ratio of these frameworks may lie from 1 and mean nothing.

    That is the indifference zone of the policy, or the A/A floor of one of the frameworks when that is wider.
    """
    return max([policy.indifference, *(floors[name] for name in frameworks if name in floors)])


def word(ratio: Interval, zone: float) -> Word:
    """Return the word for a ratio: one that the whole interval bears out, or ``unclear``."""
    least, most = 1 / (1 + zone), 1 + zone
    if ratio.high < least:
        return "faster"
    if ratio.low > most:
        return "slower"
    return "same" if least <= ratio.low and ratio.high <= most else "unclear"


def bound(ratio: Interval, zone: float) -> Bound | None:
    """Return what is known of a ratio without a word: that it makes no difference, or one in this direction."""
    if word(ratio, zone) != "unclear":
        return None
    if ratio.high <= 1 + zone:
        return "no slower"
    return "no faster" if ratio.low >= 1 / (1 + zone) else None


def pairs(first: Sequence[Round], second: Sequence[Round]) -> list[list[tuple[float, float]]]:
    """Return, for every process of `first`, the medians of the rounds in which nothing disturbed either by much."""
    others = _side_by_side(second)
    grouped: dict[int, list[tuple[float, float]]] = {}
    for number, each in _side_by_side(first).items():
        if number in others:
            grouped.setdefault(each.process, []).append((each.median, others[number].median))
    return list(grouped.values())


def _side_by_side(rounds: Sequence[Round]) -> dict[int, Round]:
    """Return the blocks of which a pair is made, by round: what slows a round by little slows both, and no ratio."""
    little = {each.round: each for each in rounds if not each.accepted and _slowed_by_little(each)}
    return little | {each.round: each for each in rounds if each.accepted}


def _slowed_by_little(block: Round) -> bool:
    met = block.disturbances
    return bool(met) and not robbed(met) and slowed_by(met) <= LIMIT


def _means_disagree(first: Observation, second: Observation, ratio: float) -> bool:
    means = [[each.mean for each in side.rounds if each.accepted and each.mean] for side in (first, second)]
    return all(means) and (mean(means[0]) / mean(means[1]) - 1) * (ratio - 1) < 0
