"""How good a timing is: ``measured``, ``under load`` or ``bounded``; and what it comes to in each.

No block is lost. Where enough of them were left alone, and more than the host slowed, those alone count. Else the lower
end of the blocks counts from which nobody took a processor: what the host does makes calls longer and never shorter, so
the fastest blocks of a session come near to what a quiet machine shows. And where others took processors from nearly
all of them, two bounds are left.

An interval is for what this machine shows when it is quiet, in any session: it reaches down to there in every grade.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from advisor.measurement import statistics
from advisor.measurement.disturbance import WORK_LIMIT, robbed, slowed_by
from advisor.measurement.statistics import Floats, Interval, at_least
from advisor.measurement.timing import BOUNDED, MEASURED, UNBOUNDED, UNDER_LOAD, Grade, Round, Summary

# So many rounds that nothing disturbed are as good as a quiet machine; so many that nobody robbed have a lower end.
ENOUGH_ROUNDS = 6
ENOUGH_FREE = 3
# Nineteen in twenty pairs of processes differ by less at the lower end of their blocks, where a machine is not quiet.
LUCK = 0.10
# Calls up to this many seconds are mostly left alone between two turns of the scheduler: the fastest of them all was.
SHORT = 1e-3
# The usual call of a block takes at most so many times as long as the fastest one, when nobody robs it.
SPREAD = 1.25
# Others beside it make the processor time of one thread's call longer, by caches and clocks: up to 2.1 times in 33
# timings beside up to fifteen busy processes.
CROWDED = 2.5
# A block ran on one effective thread when it used no more processors than this.
ONE_THREAD = 1.15


def free(rounds: Sequence[Round]) -> list[Round]:
    """Return the blocks from which nobody took a processor.

    Where a stack's calls run on one thread, taking a processor interrupts a call now and then. Of short calls the
    median one is left alone; and of longer ones, where it takes about as long as it is at work. All blocks of such a
    stack are free.
    """
    return list(rounds) if _uninterrupted(rounds) else [each for each in rounds if not robbed(each.disturbances)]


def robbed_all_the_same(rounds: Sequence[Round]) -> bool:
    """Return whether blocks count as free from which a processor was taken: then they are no pairs with others'."""
    return any(robbed(each.disturbances) for each in free(rounds))


def _uninterrupted(rounds: Sequence[Round]) -> bool:
    if not on_one_thread(rounds):
        return False
    fastest_ = min(each.median for each in rounds)
    return fastest_ <= SHORT or fastest_ <= SPREAD * processor_time(rounds)


def on_one_thread(rounds: Sequence[Round]) -> bool:
    """Return whether the work was done by one thread: then its processor time holds no waiting for another one."""
    told = sorted(each.threads for each in rounds if each.threads is not None)
    if told:
        # In a block or two something else of the process may have had a part.
        return told[int(0.8 * len(told))] <= 1
    alone = [each for each in rounds if not robbed(each.disturbances)]
    return bool(alone) and all(each.cpu <= ONE_THREAD * each.wall for each in alone)


def processor_time(rounds: Sequence[Round]) -> float:
    """Return the processor seconds of a call, of all threads, in the block with the least."""
    return min(each.cpu / each.calls for each in rounds)


def grade(rounds: Sequence[Round]) -> Grade:
    """Return how good a timing these blocks are."""
    made, accepted = {each.round for each in rounds}, {each.round for each in rounds if each.accepted}
    alone = {each.round for each in free(rounds)}
    # On a host that slows more than it leaves alone, what it left alone was mostly slowed by less than can be seen.
    if accepted == made or (len(accepted) >= ENOUGH_ROUNDS and len(accepted) >= len(alone - accepted)):
        return MEASURED
    return UNDER_LOAD if len(alone) >= ENOUGH_FREE else BOUNDED


def counted(rounds: Sequence[Round]) -> list[Round]:
    """Return the blocks that a timing of this grade rests on."""
    found = grade(rounds)
    if found == MEASURED:
        return [each for each in rounds if each.accepted]
    return free(rounds) if found == UNDER_LOAD else list(rounds)


def summary(
    rounds: Sequence[Round],
    calls: Sequence[Sequence[float]],
    *,
    seed: int,
    one_thread: float | None = None,
    threads: int = 1,
) -> Summary:
    """Summarise the blocks of one timing by its grade.

    Parameters
    ----------
    rounds, calls : sequences of the same length
        The blocks, and for each the single calls that were kept, in seconds.
    seed : int
        Seed of the bootstrap.
    one_thread : float, optional
        Seconds of a call on one pinned thread, where that was measured.
    threads : int
        How many threads the stack uses: it is at most so many times as fast as on one.

    Returns
    -------
    Summary
        ``measured``: see `statistics.timed`; its interval is that of `interval`. ``under load``: ``median`` is the mean
        over processes of the fastest block. ``bounded``: ``median`` is the upper bound. The p99 of the last two is an
        upper bound.
    """
    found, used = grade(rounds), counted(rounds)
    kept = {id(each) for each in used}
    single = [call for each, few in zip(rounds, calls, strict=True) if id(each) in kept for call in few]
    told = statistics.timed(by_process(used), single, seed=seed, disturbed=found != MEASURED)
    _, ends = interval(rounds, seed=seed, one_thread=one_thread, threads=threads)
    if found == MEASURED:
        return told.model_copy(update={"low": ends.low, "high": ends.high})
    middle = ends.value if told.p50 is None else min(told.p50, ends.value)
    return told.model_copy(update={"median": ends.value, "low": ends.low, "high": ends.high, "p50": middle})


def interval(
    rounds: Sequence[Round], *, seed: int, one_thread: float | None = None, threads: int = 1
) -> tuple[Grade, Interval]:
    """Return the grade of these blocks, with the seconds of a call; see `summary`."""
    found = grade(rounds)
    if found == MEASURED:
        within = of_blocks(rounds, seed=seed)
        return found, Interval(within.value, min(within.low, _quiet(counted(rounds))), within.high)
    if found == UNDER_LOAD:
        return found, _lower_end(free(rounds), seed=seed)
    return found, bounds(rounds, one_thread, threads)


def of_blocks(rounds: Sequence[Round], *, seed: int) -> Interval:
    """Return what a measured call takes by its blocks alone, whatever the host did to all of them."""
    processes = by_process(counted(rounds))
    return at_least(statistics.hierarchical(processes, seed=seed), statistics.narrowest(len(processes)))


def host_share(rounds: Sequence[Round], *, seed: int) -> float:
    """Return how many times as long all of a session may have taken, by which the interval of a call reaches down."""
    found, ends = interval(rounds, seed=seed)
    return of_blocks(rounds, seed=seed).low / ends.low if found == MEASURED else slowed(counted(rounds))


def by_process(rounds: Sequence[Round]) -> list[list[float]]:
    """Return for every process the medians of its blocks, in seconds."""
    processes: dict[int, list[float]] = {}
    for each in rounds:
        processes.setdefault(each.process, []).append(each.median)
    return list(processes.values())


def bounds(rounds: Sequence[Round], one_thread: float | None = None, threads: int = 1) -> Interval:
    """Return what a call takes at least and at most, where others took processors from nearly all blocks.

    At most: the fastest block; or what the usual call takes beside the fastest single one, which nobody interrupted; or
    what one thread takes, a little more for every further thread that has to be waited for. At least: the time on one
    thread over the threads, less what others beside it may have added. That was measured on one pinned thread; of short
    calls it is no less than the fastest single one, for which others may have left a single processor. Where one
    thread does the work, its processor time tells both. Of other calls nothing is known without one thread, which is
    `UNBOUNDED`.
    """
    fastest = min((each.fastest for each in rounds if each.fastest is not None), default=None)
    lows, highs = [UNBOUNDED], [min(each.median for each in rounds)]
    if fastest is not None:
        highs.append(SPREAD * fastest)
        # Where even that took much longer than on one thread, it was held up, too.
        if fastest <= SHORT and (one_thread is None or fastest <= SPREAD * one_thread):
            lows.append(fastest / threads)
    if one_thread is not None:
        lows.append(one_thread / (SPREAD * threads))
        highs.append(one_thread * (1 + (SPREAD - 1) * max(1, threads - 1)))
    # Processor time of several threads is no bound: those that wait for each other spin.
    if on_one_thread(rounds) and (spent := processor_time(rounds)) > 0:
        lows.append(spent / CROWDED)
        highs.append(SPREAD * spent)
    high = min(highs)
    return Interval(high, min(max(lows), high), high)


def _quiet(used: Sequence[Round]) -> float:
    """Return what a quiet machine may have shown at least: the fastest blocks, less what slowed them unnoticed."""
    groups = grouped(used)
    end = sum(min(group.values()) for group in groups) / len(groups)
    return end * (1 - LUCK / math.sqrt(2 * len(groups))) / slowed(used)


def _lower_end(used: Sequence[Round], *, seed: int) -> Interval:
    """Return the mean over processes of the fastest block, with an interval for what a quiet machine shows."""
    groups = grouped(used)
    found = fastest(groups, seed=seed)
    reach = LUCK / math.sqrt(2 * len(groups))
    low = min(found.low, found.value * min(1 - reach, 1 / (1 + _gap(groups)))) / slowed(used)
    if robbed_all_the_same(used):
        # No single call was faster than when nobody interrupted it.
        low = min([low, *((1 - reach) * each.fastest for each in used if each.fastest is not None)])
    return Interval(found.value, low, max(found.high, found.value * (1 + reach)))


def slowed(used: Sequence[Round]) -> float:
    """Return how many times as long as on a quiet machine the fastest blocks may have taken, by the canary beside them.

    The mean over processes of the fastest block over that of what the canary leaves of the blocks. A figure is never
    divided by it: it says how much lower a quiet machine might have found it. Where the canary found enough blocks as
    quiet as ever, those know it: of the others it may have been the canary alone that was held up.
    """
    processes: dict[int, list[Round]] = {}
    for each in used:
        processes.setdefault(each.process, []).append(each)
    enough = len({each.round for each in used if _beside(each) <= WORK_LIMIT}) >= ENOUGH_FREE
    fastest_ = least = 0.0
    for blocks in processes.values():
        quiet = [each for each in blocks if _beside(each) <= WORK_LIMIT]
        end = min(each.median for each in blocks)
        fastest_ += end
        least += min(end, *(each.median / _beside(each) for each in (enough and quiet) or blocks))
    return fastest_ / least if processes else 1.0


def _beside(block: Round) -> float:
    """Return how many times as long as at its shortest the canary took beside a block.

    What tells is its work, where it has any; the way between two cores concerns only those who take it.
    """
    if block.slowdown is not None and block.threads is not None and block.threads <= 1:
        return block.slowdown
    return max(slowed_by(block.disturbances), block.slowdown or 1.0)


def grouped(rounds: Sequence[Round]) -> list[dict[int, float]]:
    """Return for every process the fastest block, in seconds, by round: some rounds were timed more than once."""
    found: dict[int, dict[int, float]] = {}
    for each in rounds:
        own = found.setdefault(each.process, {})
        own[each.round] = min(each.median, own.get(each.round, math.inf))
    return list(found.values())


def fastest(groups: Sequence[Mapping[int, float]], *, seed: int, resamples: int = statistics.RESAMPLES) -> Interval:
    """Return the mean over groups of the group's least value, with a bootstrap interval over groups and values."""
    samples: list[Floats] = [np.fromiter(group.values(), float) for group in groups if group]
    value = float(np.mean([sample.min() for sample in samples]))
    random = np.random.default_rng(seed)
    total = np.zeros(resamples)
    for _ in samples:
        drawn = random.integers(len(samples), size=resamples)
        for index, sample in enumerate(samples):
            rows = np.flatnonzero(drawn == index)
            total[rows] += sample[random.integers(len(sample), size=(len(rows), len(sample)))].min(axis=1)
    low, high = np.quantile(total / len(samples), [(1 - statistics.CONFIDENCE) / 2, (1 + statistics.CONFIDENCE) / 2])
    return Interval(value, min(float(low), value), max(float(high), value))


def _gap(groups: Sequence[Mapping[int, float]]) -> float:
    """Return how far the second block of a process lies above the fastest, as a share of it; the median process."""
    apart = [second / first - 1 for first, second in (sorted(group.values())[:2] for group in groups if len(group) > 1)]
    return float(np.median(apart)) if apart else 0.0
