"""The arithmetic of measuring: point estimates, intervals, quantiles. Pure functions, seeded.

Sources
-------
The process is the unit of resampling, blocks are resampled within it: T. Kalibera, R. Jones, "Rigorous benchmarking
in reasonable time", ISMM 2013. Intervals of quantiles from order statistics: H. A. David, H. N. Nagaraja, "Order
Statistics", 3rd edition, section 7.1. Proportions: E. B. Wilson, JASA 22 (1927). Paired proportions: A. Agresti,
Y. Min, "Simple improved confidence intervals for comparing matched proportions", Statistics in Medicine 24 (2005).
Far-out values are pulled in, not dropped: W. J. Dixon, Annals of Mathematical Statistics 31 (1960), page 385.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from advisor.measurement.timing import Summary

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE = 0.95
NARROWEST = 0.02
# Nineteen in twenty pairs of processes that do equal work differ by less: found in 516 such pairs of at least five
# rounds, PyTorch and TensorFlow each under two names, on a virtual machine in quiet and in worse hours (3.3 to 6.6 %).
LUCK = 0.05
# From so many processes on, the bootstrap hears of that itself.
HEARD = 3
SINGLE = 0.10
P99_NEEDS = 100
RESAMPLES = 2000
FAR_OUT = 3.0
_Z = 1.959963984540054
# The median of |x − y| for x and y from one normal distribution, in its standard deviations.
_PAIR_APART = 0.9538725524

Floats: TypeAlias = "NDArray[np.float64]"


@dataclass(frozen=True)
class Interval:
    """A point estimate with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


def timed(medians: Sequence[Sequence[float]], calls: Sequence[float], *, seed: int, disturbed: bool = False) -> Summary:
    """Summarise blocks of timed calls.

    Parameters
    ----------
    medians : sequence of sequences
        For every process the medians of its accepted blocks, in seconds per call.
    calls : sequence
        Single calls of all accepted blocks, in seconds; the quantiles come from them. Neighbouring calls resemble
        each other, so the interval of p99 holds for this session and not beyond it.
    seed : int
        Seed of the bootstrap.
    disturbed : bool
        Whether other work disturbed some of the blocks: then those that lie far out tell how far they were, and stay.

    Returns
    -------
    Summary
        ``median`` is the mean over processes of the median over blocks; ``low`` and ``high`` are a 95 % bootstrap
        interval over blocks within processes, never narrower than `narrowest` says. p95 needs 20 calls, p99 needs 100.
    """
    processes = sum(map(bool, medians))
    found = at_least(hierarchical(medians, seed=seed, pull_in=not disturbed), narrowest(processes))
    ordered = np.sort(np.asarray(calls, dtype=float))
    low, high = quantile_interval(ordered, 0.99) if len(ordered) >= P99_NEEDS else (None, None)
    return Summary(
        median=found.value,
        low=found.low,
        high=found.high,
        n=len(ordered),
        p50=quantile(ordered, 0.50),
        p95=quantile(ordered, 0.95) if len(ordered) >= 20 else None,
        p99=quantile(ordered, 0.99) if len(ordered) >= P99_NEEDS else None,
        p99_low=low,
        p99_high=high,
    )


def sampled(values: Sequence[float]) -> Summary:
    """Summarise a few independent values, such as cold starts: their median, and the interval for it.

    The interval comes from order statistics; with fewer than six values it is the range, which covers the median
    with a probability of 1 − 2^(1−n) only (75 % for three). It is never narrower than ±2 %. Nothing is known of the
    spread of a single value: ±10 % is taken.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    middle = float(np.median(ordered))
    low, high = quantile_interval(ordered, 0.5)
    interval = Interval(middle, ordered[0] if low is None else low, ordered[-1] if high is None else high)
    interval = at_least(interval, SINGLE if len(ordered) == 1 else NARROWEST)
    return Summary(median=middle, low=float(interval.low), high=float(interval.high), n=len(ordered))


def exact(value: float) -> Summary:
    """Summarise a number that has no spread, such as the size of a file."""
    return Summary(median=value, low=value, high=value, n=1)


def hierarchical(
    groups: Iterable[Sequence[float]], *, seed: int, resamples: int = RESAMPLES, pull_in: bool = True
) -> Interval:
    """Return the mean over groups of the group's median, with its 95 % bootstrap interval.

    Groups (processes) are drawn with replacement, then values (blocks) within each drawn group; one group alone is
    resampled within itself only, so its interval knows nothing of the differences between processes (`narrowest` does).

    The median of a few values does not notice one that lies far out, but the median of a resample may be that very
    value: with one of three far out, in a quarter of the resamples. So what lies farther than `FAR_OUT` standard
    deviations from its group's median is pulled in to there first, unless `pull_in` says otherwise.
    """
    samples: list[Floats] = [np.asarray(group, dtype=float) for group in groups if len(group)]
    if not samples:
        raise ValueError("nothing to summarise")
    value = float(np.mean([np.median(sample) for sample in samples]))
    if pull_in:
        samples = _pulled_in(samples)
    random = np.random.default_rng(seed)
    total = np.zeros(resamples)
    for _ in samples:
        drawn = random.integers(len(samples), size=resamples)
        for index, sample in enumerate(samples):
            rows = np.flatnonzero(drawn == index)
            picks = random.integers(len(sample), size=(len(rows), len(sample)))
            total[rows] += np.median(sample[picks], axis=1)
    low, high = np.quantile(total / len(samples), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(value, float(low), float(high))


def paired_ratio(
    groups: Iterable[Sequence[tuple[float, float]]],
    *,
    seed: int,
    resamples: int = RESAMPLES,
    reach: float = NARROWEST,
) -> Interval:
    """Return how many times longer the first of two things takes than the second, with its 95 % interval.

    Parameters
    ----------
    groups : iterable of sequences of pairs
        For every process the pairs of seconds that were measured in one and the same round. What slows a whole round
        down slows both of a pair, and leaves their ratio alone.
    seed : int
        Seed of the bootstrap, which is that of `hierarchical` on the logarithms of the ratios.
    reach : float
        The interval is never narrower than this share of the ratio to either side. Where the two sides are different
        processes, that is what `narrowest` says of a pair.
    """
    logs = [[math.log(first / second) for first, second in group] for group in groups]
    found = hierarchical(logs, seed=seed, resamples=resamples)
    ratio = Interval(math.exp(found.value), math.exp(found.low), math.exp(found.high))
    return at_least(ratio, reach)


def narrowest(processes: int, *, pair: bool = False) -> float:
    """Return how narrow an interval of a time may be at least, as a share of it to either side.

    Where memory lies and which caches a process shares is drawn once in its life, so its blocks agree with each other
    more than with those of the next process. Of one or two processes no resampling can tell that; what such draws are
    worth as a rule is taken then. A single process has it once, a ratio of two has it twice.

    Parameters
    ----------
    processes : int
        Of how many processes the blocks are, at least one.
    pair : bool
        Whether it is about the ratio of two things, each measured in that many processes of its own.
    """
    if processes >= HEARD:
        return NARROWEST
    return LUCK / math.sqrt(processes if pair else 2 * processes)


def at_least(interval: Interval, relative: float) -> Interval:
    """Return `interval` widened to at least ``value × (1 ± relative)``."""
    reach = abs(interval.value) * relative
    return Interval(
        interval.value, min(interval.low, interval.value - reach), max(interval.high, interval.value + reach)
    )


def quantile(ordered: Floats, q: float) -> float:
    """Return the `q` quantile of sorted values (linear between neighbors)."""
    return float(np.quantile(ordered, q))


def quantile_interval(ordered: Floats, q: float, confidence: float = CONFIDENCE) -> tuple[float | None, float | None]:
    """Return distribution-free bounds of the `q` quantile from order statistics of sorted values.

    A bound is None where so few values allow none at this confidence.
    """
    n = len(ordered)
    cumulative = _binomial_cdf(n, q)
    tail = (1 - confidence) / 2
    # The k-th smallest value lies above the quantile when fewer than k values lie below it.
    lower = int(np.searchsorted(cumulative, tail, side="right"))
    upper = int(np.searchsorted(cumulative, 1 - tail, side="left")) + 1
    return (
        float(ordered[lower - 1]) if lower >= 1 else None,
        float(ordered[upper - 1]) if upper <= n else None,
    )


def proportion(successes: int, n: int) -> Summary:
    """Summarise a share of `n` samples with Wilson's 95 % score interval."""
    share = successes / n
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    reach = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return Summary(median=share, low=max(0.0, middle - reach), high=min(1.0, middle + reach), n=n)


def paired_loss(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Summary:
    """Summarise how much accuracy is lost between two answers to the same samples.

    Parameters
    ----------
    before, after : boolean arrays, shape (n,)
        Whether each sample was answered correctly.

    Returns
    -------
    Summary
        ``median`` is the accuracy of `before` minus that of `after`, as it is; the 95 % interval is the adjusted Wald
        interval for matched proportions of Agresti and Min (half a sample added to each of the four cells).
    """
    n = len(before)
    lost = int(np.sum(before & ~after))
    won = int(np.sum(~before & after))
    total = n + 2
    middle = (lost - won) / total
    spread = math.sqrt(max(0.0, (lost + won + 1) - (lost - won) ** 2 / total)) / total
    value = (lost - won) / n
    return Summary(median=value, low=min(value, middle - _Z * spread), high=max(value, middle + _Z * spread), n=n)


def _pulled_in(samples: list[Floats]) -> list[Floats]:
    """Return the groups with what is far out pulled in.

    How far values of one group lie apart as a rule, the median over all pairs of all groups, stands for the standard
    deviation: two draws from a normal distribution lie 0.954 standard deviations apart in the median.
    """
    apart = [np.abs(sample[:, None] - sample)[np.triu_indices(len(sample), 1)] for sample in samples]
    pairs = np.concatenate(apart)
    if not len(pairs):
        return samples
    reach = FAR_OUT * float(np.median(pairs)) / _PAIR_APART
    return [np.clip(sample, np.median(sample) - reach, np.median(sample) + reach) for sample in samples]


def _binomial_cdf(n: int, p: float) -> Floats:
    """Return P(X ≤ k) of a binomial variable for k = 0 … n."""
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    k = np.arange(n + 1)
    logs = factorials[n] - factorials - factorials[::-1] + k * math.log(p) + (n - k) * math.log1p(-p)
    return np.asarray(np.minimum(np.cumsum(np.exp(logs)), 1.0), dtype=np.float64)
