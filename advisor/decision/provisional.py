"""The answer so far, told while a session still measures: after a minute, and again as it goes on and changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from advisor.decision import phrases
from advisor.decision.engine import decide
from advisor.decision.notebook import line
from advisor.decision.recommendation import Recommendation
from advisor.keys import stack_title
from advisor.measurement.run import Run
from advisor.profiles.profile import Profile

FIRST = 60.0
"""Seconds after which an answer is told; then after twice as many, and so on."""

SAMPLES = 2_000

Needless = Callable[[Run], Mapping[tuple[str, str], str]]


class Provisional:
    """Passes on what a session asks of its Run so far, and tells meanwhile what the answer would be by now.

    Parameters
    ----------
    needless : callable
        What the session asks (see `advisor.measurement.session.session.measure`).
    profile : Profile
        Whose answer it is.
    tell : callable
        Takes a line; the same one is not told twice. While no stack is the answer, the one that is ahead is told.
    clock : callable
        Seconds; for tests.
    """

    def __init__(
        self,
        needless: Needless,
        profile: Profile,
        tell: Callable[[str], None],
        *,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._needless = needless
        self._profile = profile
        self._tell = tell
        self._seed = seed
        self._clock = clock
        self._began = clock()
        self._next = FIRST
        self._told = ""

    def __call__(self, run: Run) -> Mapping[tuple[str, str], str]:
        """Return what need not be known any more; tell the answer where it is time."""
        passed = self._clock() - self._began
        if passed >= self._next:
            self._next = 2 * passed
            self._say(run)
        return self._needless(run)

    def _say(self, run: Run) -> None:
        told = decide(run, self._profile, seed=self._seed, samples=SAMPLES)
        said = line(told) if told.answer is not None else _ahead(told)
        if said and said != self._told:
            self._told = said
            self._tell(f"So far: {said}. What is still to be measured counts as anything.")


def _ahead(told: Recommendation) -> str:
    """Return which stack is first in most of the worlds, where none is the answer yet; nothing where none can be."""
    ranked = [each for each in told.ranking if each.feasible and each.rank_acceptability]
    if not ranked:
        return ""
    first = max(ranked, key=lambda each: each.rank_acceptability[0])
    share = phrases.in_percent(first.rank_acceptability[0])
    return f"no answer yet, ahead is {stack_title(first.stack, told.titles)} (first in {share} of the samples)"
