"""An observation that is still growing: its blocks and values so far, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from advisor.measurement import grades, statistics
from advisor.measurement.disturbance import Disturbance
from advisor.measurement.run import Observation
from advisor.measurement.timing import MEASURED, UNDER_LOAD, Round, Summary

SINGLE_VALUE = "single-value"
FEW_ROUNDS = "few-rounds"
# Of a value that others disturbed no more than this share is taken to be their doing.
MOST_TAKEN = 0.5


class Value(NamedTuple):
    """One value of an observation that is summarised from several, and what disturbed it."""

    value: float
    disturbances: tuple[Disturbance, ...] = ()

    @property
    def least(self) -> float:
        """What it would have been at least, had nobody taken what was taken of a processor meanwhile."""
        return self.value * (1 - min(MOST_TAKEN, max((each.figure or 0.0 for each in self.disturbances), default=0.0)))


@dataclass
class Draft:
    """An observation that is still growing."""

    observation: Observation
    rounds: list[Round] = field(default_factory=list)
    calls: list[list[float]] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    _last: tuple[object, Observation] | None = field(default=None, repr=False)

    def finished(self, *, seed: int, one_thread: float | None = None, threads: int = 1) -> Observation:
        """Return the observation with its blocks and its summary; `seed` is that of the bootstrap.

        A session asks again and again while it goes on; what has not grown is not summarised anew.

        Parameters
        ----------
        one_thread : float, optional
            Seconds of a call on one pinned thread: it bounds the time of one that others disturbed throughout.
        threads : int
            How many threads a stack of the session uses.
        """
        grown = (len(self.rounds), len(self.values), seed, one_thread, self.observation)
        if self._last is None or self._last[0] != grown:
            self._last = grown, self._finished(seed, one_thread, threads)
        return self._last[1]

    def _finished(self, seed: int, one_thread: float | None, threads: int) -> Observation:
        observation, update = self.observation, dict[str, Any](rounds=tuple(self.rounds))
        if observation.outcome == "measured" and observation.summary is None:
            flags = set(observation.flags)
            if self.rounds:
                grade = grades.grade(self.rounds)
                update["grade"] = grade
                update["summary"] = grades.summary(
                    self.rounds, self.calls, seed=seed, one_thread=one_thread, threads=threads
                )
                if grade == MEASURED and sum(each.accepted for each in self.rounds) < grades.ENOUGH_ROUNDS:
                    flags.add(FEW_ROUNDS)
            elif self.values:
                summary, disturbed = summarised(self.values)
                update |= {"summary": summary, "grade": UNDER_LOAD if disturbed else None}
                if summary.n == 1:
                    flags.add(SINGLE_VALUE)
            else:
                update |= {"outcome": "not_run", "message": "the session ended before it was measured"}
            update["flags"] = tuple(sorted(flags))
        return observation.model_copy(update=update)


def summarised(values: Sequence[Value]) -> tuple[Summary, bool]:
    """Return the summary of values, and whether all of them were disturbed.

    Of several those count that nothing disturbed. Where each was, the least stands for them: others only lengthen what
    takes time. How much they took says how far the interval reaches down.
    """
    alone = [each.value for each in values if not each.disturbances]
    if alone:
        return statistics.sampled(alone), False
    found = statistics.sampled([each.value for each in values])
    least = min(each.value for each in values)
    low = min(each.least for each in values)
    return found.model_copy(update={"median": least, "low": min(low, found.low), "high": max(found.high, least)}), True
