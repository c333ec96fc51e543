"""Which of two stacks is faster, from blocks that were measured side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Literal

from advisor.measurement import statistics
from advisor.measurement.run import Observation, Policy, Round
from advisor.measurement.statistics import Interval

ENOUGH_PAIRS = 6

Word = Literal["faster", "slower", "same", "unclear"]


@dataclass(frozen=True)
class Comparison:
    """How the first of two observations compares with the second.

    Attributes
    ----------
    ratio, low, high : float
        Seconds of the first over seconds of the second, with the 95 % interval; None without enough pairs.
    pairs : int
        Rounds in which both were measured undisturbed.
    word : str
        ``faster``, ``slower`` or ``same`` when the whole interval says so; otherwise ``unclear``.
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
    paired = pairs(first.rounds, second.rounds)
    count = sum(map(len, paired))
    if count < ENOUGH_PAIRS:
        return Comparison(count, "unclear")
    found = estimate(paired, seed=seed)
    disagree = _means_disagree(first, second, found.value)
    return Comparison(count, word(found, zone), found.value, found.low, found.high, disagree)


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


def pairs(first: Sequence[Round], second: Sequence[Round]) -> list[list[tuple[float, float]]]:
    """Return, for every process of `first`, the medians of the rounds in which both were accepted."""
    others = {each.round: each.median for each in second if each.accepted}
    grouped: dict[int, list[tuple[float, float]]] = {}
    for each in first:
        if each.accepted and each.round in others:
            grouped.setdefault(each.process, []).append((each.median, others[each.round]))
    return list(grouped.values())


def _means_disagree(first: Observation, second: Observation, ratio: float) -> bool:
    means = [[each.mean for each in side.rounds if each.accepted and each.mean] for side in (first, second)]
    return all(means) and (mean(means[0]) / mean(means[1]) - 1) * (ratio - 1) < 0
