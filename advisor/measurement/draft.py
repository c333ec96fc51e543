"""An observation that is still growing: its blocks and values so far, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from advisor.measurement import comparison, statistics
from advisor.measurement.run import CONTENDED, Observation, Round, Summary

# With fewer accepted rounds, of a cell in which some were disturbed, nothing is decided.
ENOUGH_ROUNDS = comparison.ENOUGH_PAIRS
SINGLE_VALUE = "single-value"
FEW_ROUNDS = "few-rounds"


@dataclass
class Draft:
    """An observation that is still growing."""

    observation: Observation
    rounds: list[Round] = field(default_factory=list)
    calls: list[list[float]] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    disturbed_values: list[float] = field(default_factory=list)
    _last: tuple[object, Observation] | None = field(default=None, repr=False)

    @property
    def disturbed(self) -> bool:
        """Whether so many rounds were disturbed, each time they were tried, that the rest decides nothing."""
        return contended(self.rounds) if self.rounds else bool(self.disturbed_values) and not self.values

    def finished(self, *, seed: int) -> Observation:
        """Return the observation with its blocks and its summary; `seed` is that of the bootstrap.

        A session asks again and again while it goes on; what has not grown is not summarised anew.
        """
        grown = (len(self.rounds), len(self.values), len(self.disturbed_values), seed, self.observation)
        if self._last is None or self._last[0] != grown:
            self._last = grown, self._finished(seed)
        return self._last[1]

    def _finished(self, seed: int) -> Observation:
        observation, update = self.observation, dict[str, Any](rounds=tuple(self.rounds))
        if observation.outcome == "measured" and observation.summary is None:
            summary = self._summary(seed)
            flags = set(observation.flags)
            if summary is None:
                update |= {"outcome": "not_run", "message": "the session ended before it was measured"}
            elif self.disturbed:
                flags.add(CONTENDED)
            elif self.rounds and sum(each.accepted for each in self.rounds) < ENOUGH_ROUNDS:
                flags.add(FEW_ROUNDS)
            elif summary.n == 1:
                flags.add(SINGLE_VALUE)
            update |= {"summary": summary, "flags": tuple(sorted(flags))}
        return observation.model_copy(update=update)

    def _summary(self, seed: int) -> Summary | None:
        # Of a cell that was disturbed too often all blocks are shown, so that the interval tells how wild it was.
        processes: dict[int, list[float]] = {}
        calls: list[float] = []
        for each, kept in zip(self.rounds, self.calls, strict=True):
            if each.accepted or self.disturbed:
                processes.setdefault(each.process, []).append(each.median)
                calls += kept
        if processes:
            return statistics.timed(list(processes.values()), calls, seed=seed, disturbed=self.disturbed)
        values = self.values or self.disturbed_values
        return statistics.sampled(values) if values else None


def contended(rounds: Sequence[Round]) -> bool:
    """Tell whether some rounds were disturbed each time they were tried, and too few others are left to decide by."""
    accepted = {each.round for each in rounds if each.accepted}
    return len(accepted) < ENOUGH_ROUNDS and bool({each.round for each in rounds} - accepted)
