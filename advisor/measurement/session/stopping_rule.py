"""When a group of cells needs no further rounds: every pair of it is decided.

Stopping by what was seen would favor a chance difference if a word needed little: here it needs the whole 95 % interval
beyond, or inside, the indifference zone, from every process and from no fewer than `comparison.ENOUGH_PAIRS` pairs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from advisor.measurement import comparison, grades, statistics
from advisor.measurement.run import Observation
from advisor.measurement.session.effort import Pace
from advisor.measurement.session.record import Record

# Of a segment's rounds this share is made in any case, so that no process is heard only once or twice.
LEAST = 0.6
_RESAMPLES = 500


def least(rounds: int) -> int:
    """Return how many of a segment's rounds are made in any case."""
    return math.ceil(LEAST * rounds)


def decided(record: Record, blanks: Sequence[Observation], pace: Pace) -> bool:
    """Tell whether more rounds of these latencies could not change a word.

    Parameters
    ----------
    record : Record
        What was measured so far.
    blanks : sequence of Observation
        The latencies of one group, before anything is known of them. One alone is compared with nothing: it is decided
        when it has as many rounds as a pair would need.
    pace : Pace
        Says how many rounds there can be: a p99 that this many would allow is waited for.
    """
    rounds = [record.rounds(blank) for blank in blanks]
    for each in rounds:
        counted = grades.counted(each) if each else []
        if len({block.round for block in counted}) < comparison.ENOUGH_PAIRS:
            return False
        calls = sum(block.calls for block in counted)
        if calls < statistics.P99_NEEDS <= calls * pace.rounds / len(counted):
            return False
    words = list(_words(record, blanks, _RESAMPLES))
    return None not in words and "unclear" not in words


def unclear(record: Record, blanks: Sequence[Observation], *, robbed: bool = False) -> bool:
    """Tell whether a pair of these latencies was measured often enough without being robbed, and yet has no word.

    The words are those that `comparison.compare` will give: what it would call unclear is unclear here. With `robbed`
    also a pair that was robbed throughout.
    """
    words = list(_words(record, blanks, statistics.RESAMPLES))
    return "unclear" in words or (robbed and None in words)


def open_pairs(record: Record, blanks: Sequence[Observation]) -> list[tuple[Observation, Observation]]:
    """Return the pairs of these latencies of which nobody knows which is faster, nor that they are the same.

    Of what is only bounded the bounds may say it.
    """
    zone = comparison.zone(record.start.policy, record.floors(), {blank.framework for blank in blanks})
    keys = {blank.key for blank in blanks}
    found = [each for each in record.finished() if each.key in keys and each.rounds]
    return [
        (first, second)
        for first, second in combinations(found, 2)
        if comparison.compare(first, second, zone=zone).word == "unclear"
    ]


def _words(record: Record, blanks: Sequence[Observation], resamples: int) -> Iterator[comparison.Word | None]:
    """Yield the word of every pair; None where nearly all rounds were robbed, which is no matter of more of them."""
    zone = comparison.zone(record.start.policy, record.floors(), {blank.framework for blank in blanks})
    for first, second in combinations([record.rounds(blank) for blank in blanks], 2):
        found, _ = comparison.ratio(first, second, seed=0, resamples=resamples)
        yield None if found is None else comparison.word(found, zone)
