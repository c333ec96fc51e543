"""Waiting for a quieter moment: pauses that grow, and a patience that all disturbed things of a session share."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from advisor.measurement.events import Listener, Waiting

ATTEMPTS = 10
FIRST_PAUSE = 0.05
GROWTH = 1.6
# Of the patience at the start, what one thing may use up; a machine that stays busy shall not have it all at once.
SHARE = 0.1
WORTH_TELLING = 0.3


class Patience:
    """The seconds that a session has for pauses and for doing things again.

    Parameters
    ----------
    seconds : float
        How many there are.
    random : random.Random
        Draws the pauses, between half and one and a half of their mean: load that comes at intervals is not met at
        each of its returns.
    disturbed : callable, optional
        A look that costs less than an attempt: why one that began now could not count, or None. A pause lasts until
        there is no such reason, or the patience is at its end.
    """

    def __init__(
        self,
        seconds: float,
        random: random.Random,
        tell: Listener,
        disturbed: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._left = self._open = seconds
        self._share = SHARE * seconds
        self._random = random
        self._tell = tell
        self._disturbed = disturbed

    def spread(self, parts: int) -> None:
        """Let no more than the first of so many equal parts of what is left be used, until this is asked again.

        What a machine disturbs from beginning to end would else be measured in the first process alone, and three
        blocks from three processes tell more.
        """
        self._open = self._left / parts

    def until_quiet(self, attempt: Callable[[], str | None], again: Callable[[], None] = lambda: None) -> None:
        """Do something, and do it again after a pause while it returns an objection and there is patience.

        Parameters
        ----------
        attempt : callable
            Does it, and returns why it cannot count, or None.
        again : callable
            Puts away what is left of a disturbed attempt, right before the next: without a next one it is what stands.
        """
        used, most = 0.0, min(self._share, self._open)
        for number in range(ATTEMPTS):
            began = time.perf_counter()
            objection = attempt()
            pause = self._random.uniform(0.5, 1.5) * FIRST_PAUSE * GROWTH**number
            cost = time.perf_counter() - began + pause
            if objection is None or number + 1 == ATTEMPTS or used + cost > most:
                break
            if pause >= WORTH_TELLING:
                self._tell(Waiting(objection, pause))
            time.sleep(pause)
            used += cost
            used += self._wait(most - used)
            if used >= most:
                break
            again()
        self._left -= used
        self._open -= used

    def _wait(self, most: float) -> float:
        """Wait while there is a reason why nothing could count, at most so many seconds; return how many it took."""
        began, told, waited = time.perf_counter(), False, 0.0
        while (why := self._disturbed()) is not None and waited < most:
            if waited >= WORTH_TELLING and not told:
                self._tell(Waiting(why, most - waited))
                told = True
            time.sleep(FIRST_PAUSE)
            waited = time.perf_counter() - began
        return time.perf_counter() - began
