"""When a session need not go on: every pair of a group is decided, or no result could change the answer.

Stopping by what was seen would favor a chance difference if a word needed little: here it needs the whole 95 % interval
beyond, or inside, the indifference zone, from every process and from no fewer than `comparison.ENOUGH_PAIRS` pairs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from typing import TypeVar

from advisor.measurement import comparison, grades, statistics
from advisor.measurement.run import Observation, Skipped
from advisor.measurement.session.context import Context
from advisor.measurement.session.effort import Pace
from advisor.measurement.session.events import LeftOut
from advisor.measurement.session.plan import Trial
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
        word = None if found is None else comparison.word(found, zone)
        # Short calls on one thread have a ratio all the same; that it is open is no matter of more rounds either.
        yield None if word == "unclear" and any(map(grades.robbed_all_the_same, (first, second))) else word


T = TypeVar("T", bound=Trial)


class Needed:
    """Tells of each task whether its result could still change what the session is for.

    Without anybody to ask, everything is needed.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._told: Mapping[tuple[str, str], str] = {}
        self._learnt = -1

    def why_not(self, of: Observation) -> str | None:
        """Return why nothing more need be known of the probe and framework of an observation, or None if it must."""
        context = self._context
        if context.needless is None:
            return None
        if context.record.learnt != self._learnt:
            self._learnt = context.record.learnt
            run = context.record.run(finished=datetime.now(UTC), complete=False)
            self._told = context.needless(run)
        return self._told.get((of.probe, of.framework))

    def due(self, tasks: Iterable[T]) -> list[T]:
        """Return the tasks that have to be tried; the others are left out, and the Run says why."""
        needed, left = list[T](), dict[tuple[str, str], list[T]]()
        for task in tasks:
            if self.why_not(task.blank()) is None:
                needed.append(task)
            else:
                left.setdefault((task.probe, task.framework.id), []).append(task)
        for group in left.values():
            self._leave_out(group)
        return needed

    def leave_out(self, of: Observation, why: str, first: int | None = None) -> None:
        """Say in the Run that nothing more of a probe and framework is measured, from a round on, and why."""
        left_out = Skipped(probe=of.probe, kind="needless", framework=of.framework, reason=why, first=first)
        self._context.record.skip(left_out)
        title = self._context.plan.frameworks[of.framework].title
        self._context.tell(LeftOut(left_out, {of.framework: title}))

    def _tried(self, blank: Observation) -> bool:
        found = self._context.record.find(blank)
        return found is not None and found.outcome != "not_run"

    def _leave_out(self, tasks: Iterable[Trial]) -> None:
        group, record = list(tasks), self._context.record
        blank = group[0].blank()
        why = str(self.why_not(blank))
        for task in group:
            one = task.blank()
            if self._tried(one) and task.kind == "route":
                one = task.latency()  # proved already; what it takes is what is left out
            # A session that was interrupted has said of everything that it did not come to it; now there is a reason.
            if not self._tried(one):
                record.observe(one.model_copy(update={"message": why}))
        self.leave_out(blank, why)
